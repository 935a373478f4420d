// The entry point: one connection, any number of documents on it.

import type { Socket } from 'socket.io-client';
import { Connection } from './connection.js';
import type { ConnectionOptions, ConnectionState } from './connection.js';
import type { DocumentType } from './content.js';
import { Document } from './document.js';
import { Events } from './events.js';
import { describeFailure } from './failure.js';
import type { ConnectionFailure } from './failure.js';
import { AGENT, PROTOCOL } from './protocol.js';
import type { Profile } from './protocol.js';
import type { Link, Timers } from './session.js';

export interface ClientOptions extends ConnectionOptions {
  /** What others see of this user: `{name, color, …}`. */
  profile?: Profile;
  /** `false`: wait for `connect()`. */
  autoConnect?: boolean;
}

export interface OpenOptions {
  /** Asked for when it is opened, and made when it is created (default: text). */
  type?: DocumentType;
  /** Make the document if there is none. */
  create?: boolean;
}

export interface ClientEvents {
  status: [ConnectionState];
  /** There has been no connection for the time budget, or there will be none; once an outage. Attempts go on. */
  'connection-failed': [ConnectionFailure];
  /** Any event of the server that is not about a document. */
  event: [name: string, args: unknown[]];
}

const kTimers: Timers = {
  after: (ms, run) => {
    const timer = setTimeout(run, ms);
    return () => clearTimeout(timer);
  },
  random: Math.random,
};

export class TuttiClient extends Events<ClientEvents> {
  private readonly connection: Connection;
  private readonly documents = new Map<string, Document>();
  private link: Link | null = null;

  constructor(
    readonly url: string,
    private readonly options: ClientOptions = {},
  ) {
    super();
    this.connection = new Connection(url, options);
    this.connection.on('state', (state) => this.stateChanged(state));
    this.connection.on('connection-failed', (failure) => this.emit('connection-failed', failure));
    this.connection.on('event', (name, args) => this.route(name, args));
    if (options.autoConnect !== false) this.connect();
  }

  get status(): ConnectionState {
    return this.connection.state;
  }

  /** The stock Socket.IO socket underneath, for the application's own events. Connecting and disconnecting it is this class's business. */
  get socket(): Socket {
    return this.connection.socket;
  }

  get socketId(): string | undefined {
    return this.connection.id;
  }

  connect(): void {
    this.connection.connect();
  }

  /** Goes offline; documents stay, with what is pending in them. */
  disconnect(): void {
    this.connection.disconnect();
  }

  /** Tries to connect now rather than after the delay. */
  retryNow(): void {
    this.connection.retryNow();
  }

  /** The document `id`; the same object as long as it is not closed. Its content is there when `ready` resolves. */
  open(id: string, options: OpenOptions = {}): Document {
    const known = this.documents.get(id);
    if (known && known.status !== 'closed') return known;
    const { profile } = this.options;
    const document = new Document(id, { ...options, client: randomId(), ...(profile ? { profile } : {}) }, kTimers);
    this.documents.set(id, document);
    if (this.link) document.connected(this.link, this.socketId);
    return document;
  }

  /** Changes what others see of this user, in all documents. */
  setProfile(profile: Profile): void {
    this.options.profile = profile;
    for (const document of this.documents.values()) document.setProfile(profile);
  }

  private stateChanged(state: ConnectionState): void {
    if (state === 'online') this.online();
    else if (this.link) {
      this.link = null;
      for (const document of this.documents.values()) document.disconnected();
    }
    this.emit('status', state);
  }

  private online(): void {
    const link = (this.link = this.connection.link());
    link.request('hello', { protocol: PROTOCOL, agent: AGENT }, (answer) => this.greeted(answer as { ok: boolean; error?: { code: string } }));
    for (const document of this.documents.values()) document.connected(link, this.socketId);
  }

  private greeted(answer: { ok: boolean; error?: { code: string } }): void {
    if (answer.ok || !answer.error) return;
    const { reason, message } = describeFailure({ message: answer.error.code });
    this.emit('connection-failed', { reason, message, attempts: 1, elapsed: 0, cause: answer.error });
    if (reason === 'unsupported-protocol') this.disconnect();
  }

  private route(name: string, args: unknown[]): void {
    const payload = args[0] as { document?: unknown; room?: unknown } | undefined;
    const id = kDocumentEvents.has(name) ? payload?.document : kRoomEvents.has(name) ? documentOfRoom(payload?.room) : undefined;
    const document = typeof id === 'string' ? this.documents.get(id) : undefined;
    if (document) document.received(name, payload as never);
    else if (id === undefined) this.emit('event', name, args);
  }
}

const kDocumentEvents = new Set(['update', 'acknowledged', 'presence', 'document:closed']);
const kRoomEvents = new Set(['user-joined', 'user-left', 'user-count']);

function documentOfRoom(room: unknown): string | undefined {
  return typeof room === 'string' && room.startsWith('document:') ? room.slice('document:'.length) : undefined;
}

/** 128 bits: the identity of one editor's operations. */
function randomId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
