// The protocol's error codes, and the one error type of this package.

export type ErrorCode =
  | 'invalid-request'
  | 'invalid-operation'
  | 'unauthenticated'
  | 'forbidden'
  | 'not-found'
  | 'not-open'
  | 'type-mismatch'
  | 'stale'
  | 'too-large'
  | 'rate-limited'
  | 'unavailable'
  | 'unsupported-protocol'
  | 'shutting-down';

export class TuttiError extends Error {
  constructor(
    readonly code: ErrorCode | (string & {}),
    message: string,
    /** Milliseconds to wait before the next attempt, where the server says so. */
    readonly retryAfter?: number,
  ) {
    super(message);
    this.name = 'TuttiError';
  }
}

/** The server could not do it now; the same request may succeed later. */
export function isTemporary(code: string): boolean {
  return code === 'unavailable' || code === 'rate-limited' || code === 'shutting-down';
}
