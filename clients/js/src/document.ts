// One shared document, as an application sees it: content, edits, people, cursors, status.

import Delta from 'quill-delta';
import type { ChangeInput, Changes } from './change.js';
import { toDelta } from './change.js';
import { decodeContent } from './content.js';
import type { Content, DocumentType } from './content.js';
import { Cursors, OwnCursor } from './cursors.js';
import type { Cursor } from './cursors.js';
import { TuttiError } from './errors.js';
import { Events } from './events.js';
import type { Access, Limits, Opened, Profile, Range, Refusal, Revision, User, WirePresence } from './protocol.js';
import { Session } from './session.js';
import type { CloseReason, Link, Origin, SessionListener, SessionOptions, Timers } from './session.js';
import { Users } from './users.js';

/**
 * `connecting`: not loaded yet, or being opened again; `offline`: no connection, edits are kept; `pending`: edits are on their way;
 * `saved`: all edits are committed; `closed`: nothing goes in or out.
 */
export type DocumentStatus = 'connecting' | 'offline' | 'pending' | 'saved' | 'closed';

export interface ChangeEvent {
  /** What has changed, on the content before. */
  change: Delta;
  origin: Origin;
  /** Whatever the caller of `apply` gave, so that it knows its own changes again. */
  source: unknown;
  /** The user who made it, where it was one. */
  by?: string;
  /** The content before; `before.invert(change)` takes the change back. */
  before: Content;
}

export interface DocumentEvents {
  change: [ChangeEvent];
  status: [DocumentStatus];
  users: [User[]];
  cursors: [Cursor[]];
  /** The server refused edits; they have been undone here. */
  refused: [TuttiError];
  closed: [CloseReason, TuttiError | undefined];
}

export type DocumentOptions = Omit<SessionOptions, 'document'>;

export class Document extends Events<DocumentEvents> {
  /** Resolves when the content is there; rejects if the server refuses to open the document. */
  readonly ready: Promise<this>;

  private readonly session: Session;
  private readonly people = new Users();
  private readonly remote = new Cursors();
  private readonly own: OwnCursor;
  private link: Link | null = null;
  private socketId: string | undefined;
  private source: unknown = undefined;
  private lastStatus: DocumentStatus = 'connecting';
  private lastPending = 0;
  private settleReady!: { resolve(): void; reject(error: TuttiError): void };

  constructor(
    readonly id: string,
    options: DocumentOptions,
    timers: Timers,
  ) {
    super();
    this.ready = new Promise<this>((resolve, reject) => (this.settleReady = { resolve: () => resolve(this), reject }));
    this.ready.catch(() => {}); // `closed` tells it too
    this.session = new Session({ ...options, document: id }, timers, this.listener());
    this.own = new OwnCursor(
      (ms, run) => timers.after(ms, run),
      () => this.session.phase === 'open' && this.pendingEdits === 0,
      (cursor, data) => this.sendPresence(cursor, data),
    );
  }

  /** The text, as the user sees it, with what is not committed yet; embeds are left out. */
  get text(): string {
    return this.session.replica?.content.toString() ?? '';
  }

  get content(): Delta {
    return this.session.replica?.content.toDelta() ?? new Delta();
  }

  /** In UTF-16 code units; an embed counts one. */
  get length(): number {
    return this.session.replica?.content.length ?? 0;
  }

  get type(): DocumentType | undefined {
    return this.session.type;
  }

  /** The newest revision that is part of the content. */
  get version(): number {
    return this.session.version;
  }

  /** The id under which this editor's operations are in the log. */
  get client(): string {
    return this.session.options.client;
  }

  get access(): Access {
    return this.session.access;
  }

  get limits(): Limits {
    return this.session.limits;
  }

  get loaded(): boolean {
    return this.session.replica !== null;
  }

  /** Whether an edit can be made now; offline it can. */
  get editable(): boolean {
    return this.loaded && this.session.phase !== 'closed' && this.access === 'write';
  }

  /** Edits made here that the server has not committed yet. */
  get pendingEdits(): number {
    return this.session.replica?.pendingEdits ?? 0;
  }

  /** How often what was committed differed from what was expected here; rare. */
  get corrections(): number {
    return this.session.replica?.corrections ?? 0;
  }

  get status(): DocumentStatus {
    const { phase } = this.session;
    if (phase === 'closed') return 'closed';
    if (!this.loaded) return 'connecting';
    if (phase === 'offline') return 'offline';
    if (phase === 'opening') return 'connecting';
    return this.pendingEdits ? 'pending' : 'saved';
  }

  get users(): User[] {
    return this.people.list;
  }

  /** Distinct users, over all servers; also where `users` lists only some. */
  get userCount(): number {
    return this.people.count;
  }

  /** The others' cursors, by position in `content`. */
  get cursors(): Cursor[] {
    return this.remote.list;
  }

  insert(position: number, text: string | Record<string, unknown>, attributes?: Record<string, unknown>): void {
    this.apply(new Delta().retain(position).insert(text, attributes));
  }

  delete(position: number, length: number): void {
    this.apply(new Delta().retain(position).delete(length));
  }

  /** Rich text: sets attributes; null takes one away. */
  format(position: number, length: number, attributes: Record<string, unknown>): void {
    this.apply(new Delta().retain(position).retain(length, attributes));
  }

  /** Makes `text` the content, by the difference: what others write elsewhere stays. */
  setText(text: string): void {
    if (this.loaded && this.type !== 'text') throw new TuttiError('type-mismatch', 'setText is for documents of type text');
    this.setContent(decodeContent('text', text));
  }

  /** Makes `content` the content, by the difference; with what `snapshot` gives, an old version is restored. */
  setContent(content: Content): void {
    const { replica } = this.session;
    if (!replica) throw new TuttiError('not-open', 'the document is not loaded yet');
    this.apply(replica.content.differenceTo(content));
  }

  /**
   * Makes one edit, in any of the forms of a change; all of it or nothing. Returns what was applied.
   * Throws TuttiError if it cannot be made: `invalid-operation`, `not-open`, `forbidden`.
   */
  apply(change: ChangeInput, source?: unknown): Delta {
    const delta = toDelta(change);
    const outer = this.source;
    this.source = source;
    try {
      return this.session.edit(delta);
    } finally {
      this.source = outer;
    }
  }

  /** Why `apply` would refuse this edit, or null. */
  check(change: ChangeInput): TuttiError | null {
    try {
      this.session.check(toDelta(change));
      return null;
    } catch (error) {
      if (error instanceof TuttiError) return error;
      throw error;
    }
  }

  /** Where one's own cursor is; `null`: nowhere. `data` goes to the others unread. */
  setCursor(cursor: Range | number | null, data?: unknown): void {
    this.own.set(typeof cursor === 'number' ? { anchor: cursor, head: cursor } : cursor, data);
  }

  /** Resolves when everything typed so far, and until then, is committed. */
  async saved(): Promise<void> {
    await this.ready;
    while (this.pendingEdits > 0) {
      if (this.status === 'closed') throw new TuttiError('not-open', 'the document was closed with edits pending');
      await new Promise<void>((resolve) => this.once('status', () => resolve()));
    }
  }

  /** Revisions with from < version ≤ to, oldest first; `first` is the oldest version that the log still has. */
  async history(range: { from?: number; to?: number; limit?: number } = {}): Promise<{ version: number; first: number; revisions: Revision[] }> {
    return this.ask('document:history', range);
  }

  /** The content at a version (default: the newest). */
  async snapshot(version?: number): Promise<{ version: number; content: Content }> {
    const answer = await this.ask<{ version: number; type: DocumentType; content: string | Changes }>(
      'document:snapshot',
      version === undefined ? {} : { version },
    );
    return { version: answer.version, content: decodeContent(answer.type, answer.content) };
  }

  setProfile(profile: Profile): void {
    this.session.setProfile(profile);
  }

  close(): void {
    this.session.close();
  }

  /** Opens the document again after `closed`, with what was pending. */
  reopen(): void {
    this.session.reopen();
  }

  // --- for the client that owns this document ---

  /** @internal */
  connected(link: Link, socketId: string | undefined): void {
    this.link = link;
    this.socketId = socketId;
    this.session.connected(link);
  }

  /** @internal */
  disconnected(): void {
    this.link = null;
    this.own.stop();
    this.remote.clear();
    this.people.reset({ users: [], userCount: 0 }); // nobody is known to be here
    this.session.disconnected();
    this.emit('users', this.users);
    this.emit('cursors', this.cursors);
  }

  /** @internal An event of the server that is about this document. */
  received(event: string, payload: never): void {
    switch (event) {
      case 'update':
      case 'acknowledged':
      case 'document:closed':
        return this.session.received(event, payload);
      case 'presence':
        return this.presence(payload);
      case 'user-joined':
        this.people.joined(payload);
        return this.emit('users', this.users);
      case 'user-left':
        return this.left((payload as User).socketId);
      case 'user-count':
        this.people.counted(payload);
        return this.emit('users', this.users);
    }
  }

  private listener(): SessionListener {
    return {
      changed: (change, before, origin, by) => {
        const local = origin === 'local';
        this.own?.moved(change, local);
        this.remote.moved(change, by);
        this.emit('change', { change, origin, source: local ? this.source : undefined, before, ...(by === undefined ? {} : { by }) });
      },
      opened: (answer: Opened) => {
        this.people.reset(answer);
        this.remote.clear();
        this.own.again();
        this.settleReady.resolve();
        this.emit('users', this.users);
        this.emit('cursors', this.cursors);
      },
      refused: (error) => this.emit('refused', error),
      closed: (reason, error) => {
        this.remote.clear();
        this.settleReady.reject(error ?? new TuttiError('not-open', `the document was closed: ${reason}`));
        this.emit('closed', reason, error);
      },
      progressed: () => this.progressed(),
    };
  }

  private progressed(): void {
    const { status, pendingEdits } = this;
    if (status === 'saved') this.own.flush();
    if (status === this.lastStatus && pendingEdits === this.lastPending) return;
    this.lastStatus = status;
    this.lastPending = pendingEdits;
    this.emit('status', status);
  }

  private presence(payload: WirePresence): void {
    const { replica, phase } = this.session;
    if (!replica || phase !== 'open' || payload.version !== this.version) return;
    this.remote.received(payload, replica, this.socketId);
    this.emit('cursors', this.cursors);
  }

  private left(socketId: string): void {
    this.people.left(socketId);
    this.emit('users', this.users);
    if (this.remote.left(socketId)) this.emit('cursors', this.cursors);
  }

  private sendPresence(cursor: Range | null, data: unknown): void {
    const presence: Record<string, unknown> = { document: this.id, version: this.version };
    if (cursor) presence.cursor = cursor;
    if (data !== undefined) presence.data = data;
    this.link?.notify('document:presence', presence);
  }

  private ask<Answer>(event: string, payload: object): Promise<Answer> {
    return new Promise((resolve, reject) => {
      if (!this.link) return reject(new TuttiError('unavailable', 'there is no connection'));
      this.link.request(event, { document: this.id, ...payload }, (answer) => {
        const { error } = answer as Refusal;
        if (error) reject(new TuttiError(error.code, error.message, error.retryAfter));
        else resolve(answer as Answer);
      });
    });
  }
}

