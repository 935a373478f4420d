// The document protocol, version 1, as it travels: names, payloads and answers. See docs/PROTOCOL.md.

import type { Changes } from './change.js';
import type { DocumentType } from './content.js';

export const PROTOCOL = 1;
export const AGENT = 'tutti-client/0.1.0';

/** The `userId` that all share who did not sign in. */
export const ANONYMOUS = 'anonymous';

export type Profile = Record<string, unknown>;
export type Access = 'read' | 'write';

export interface Limits {
  payload?: number;
  operation?: number;
  document?: number;
  users?: number;
  history?: number;
}

export interface User {
  userId: string;
  socketId: string;
  profile?: Profile;
}

export interface WireError {
  code: string;
  message: string;
  retryAfter?: number;
}

export interface Refusal extends Partial<WireContent> {
  ok: false;
  error: WireError;
}

/** The whole content; `seq` = the newest committed operation of this client. */
export interface WireContent {
  epoch: string;
  version: number;
  type: DocumentType;
  content: string | Changes;
  seq?: number;
}

/** Others' changes, composed. */
export interface WireUpdate {
  from: number;
  version: number;
  changes: Changes;
  by?: string;
}

/** A delivery that holds an own operation. */
export interface WireAcknowledgement {
  from: number;
  version: number;
  seq: number;
  before?: Changes;
  operations: Changes[];
  index: number;
  after?: Changes;
}

export interface WireDuplicate {
  version: number;
  seq: number;
  duplicate: true;
}

export interface OpenRequest {
  document: string;
  type?: DocumentType;
  create?: true;
  version?: number;
  epoch?: string;
  client: string;
  profile?: Profile;
}

export type Opened = {
  ok: true;
  document: string;
  type: DocumentType;
  epoch: string;
  from: number;
  version: number;
  access: Access;
  users: User[];
  userCount: number;
  limits: Limits;
} & (WireContent | WireUpdate | WireAcknowledgement);

export type OpenAnswer = Opened | Refusal;
export type OperationAnswer = ({ ok: true } & (WireAcknowledgement | WireDuplicate)) | Refusal;

export interface Range {
  anchor: number;
  head: number;
}

export interface WirePresence {
  document: string;
  version: number;
  users: Record<string, { userId: string; cursor?: Range | null; data?: unknown } | null>;
}

export type ClosedReason = 'deleted' | 'access-revoked' | 'replaced' | 'stale';

export interface Revision {
  version: number;
  /** Milliseconds since 1970. */
  time: number;
  operations: { userId: string; client: string; seq: number; changes: Changes }[];
}
