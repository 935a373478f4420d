// Why there is no connection, in words for the person in front of the screen.

export type FailureReason = 'offline' | 'unreachable' | 'timeout' | 'unauthenticated' | 'forbidden' | 'busy' | 'unsupported-protocol' | 'refused';

export interface ConnectionFailure {
  reason: FailureReason;
  /** A sentence that can be shown as it is. */
  message: string;
  attempts: number;
  /** Milliseconds since the connection was lost or first wanted. */
  elapsed: number;
  cause: unknown;
}

const kMessages: Record<FailureReason, string> = {
  offline: 'This device is offline. Your changes are kept and will be sent when the network is back.',
  unreachable: 'The server cannot be reached. Your changes are kept; we keep trying.',
  timeout: 'The server does not answer. Your changes are kept; we keep trying.',
  unauthenticated: 'Your sign-in has expired or was not accepted. Please sign in again.',
  forbidden: 'You are not allowed to connect to this server.',
  busy: 'The server accepts no more connections at the moment. Your changes are kept; we keep trying.',
  'unsupported-protocol': 'This page is out of date. Please reload it.',
  refused: 'The server refused the connection.',
};

const kCodes: Record<string, FailureReason> = {
  unauthenticated: 'unauthenticated',
  forbidden: 'forbidden',
  'rate-limited': 'busy',
  unavailable: 'busy',
  'shutting-down': 'busy',
  'too-many-connections': 'busy',
  'unsupported-protocol': 'unsupported-protocol',
};

/** `error`: what the socket gave as the reason: a code of the server in `data.code` or `message`, or a transport's error. */
export function describeFailure(error: unknown): { reason: FailureReason; message: string; permanent: boolean } {
  const reason = reasonOf(error);
  const detail = reason === 'refused' && error instanceof Error ? ` (${error.message})` : '';
  return { reason, message: kMessages[reason] + detail, permanent: reason === 'forbidden' || reason === 'unsupported-protocol' };
}

function reasonOf(error: unknown): FailureReason {
  const { data, message, type } = (error ?? {}) as { data?: { code?: string }; message?: string; type?: string };
  const known = kCodes[data?.code ?? ''] ?? kCodes[message ?? ''];
  if (known) return known;
  if (globalThis.navigator?.onLine === false) return 'offline';
  if (message === 'timeout' || message === 'ping timeout') return 'timeout';
  if (data !== undefined) return 'refused'; // a middleware's error carries data
  if (type === 'TransportError' || error === undefined || error === null) return 'unreachable';
  return kTransportReasons.has(message ?? '') ? 'unreachable' : 'refused';
}

const kTransportReasons = new Set(['transport close', 'transport error', 'io server disconnect', 'parse error', 'websocket error', 'xhr poll error']);
