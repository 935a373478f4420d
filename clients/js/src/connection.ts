// One connection to the server, on the stock Socket.IO client, that comes back by itself.
//
// The retries are ours, not the Manager's: its own do not cover a refusal by the server, nor a disconnect by it, and start afresh at every
// connect, so that a server that throws its clients out is hammered. Here there is one path, with growing delay and jitter, and the
// credentials are asked for anew at every attempt.

import { io } from 'socket.io-client';
import type { ManagerOptions, Socket, SocketOptions } from 'socket.io-client';
import { Backoff } from './backoff.js';
import { Events } from './events.js';
import { describeFailure } from './failure.js';
import type { ConnectionFailure } from './failure.js';
import type { Link } from './session.js';

export type Auth = Record<string, unknown> | (() => Record<string, unknown> | Promise<Record<string, unknown>>);

export interface ConnectionOptions {
  /** Sent at every connect; a function is called every time, so that a token is fresh. */
  auth?: Auth;
  /** Milliseconds without a connection after which `connection-failed` is emitted (default 15 s). Attempts go on. */
  timeBudget?: number;
  /** Delays between attempts, in milliseconds (default 500 to 10,000). */
  reconnectionDelay?: { min: number; max: number };
  /** An attempt that takes longer is given up (default 20 s). */
  attemptTimeout?: number;
  /** Whatever else the stock client should be given: path, transports, parser, query, … */
  socket?: Partial<ManagerOptions & SocketOptions>;
}

export type ConnectionState = 'connecting' | 'online' | 'offline';

interface ConnectionEvents {
  state: [ConnectionState];
  'connection-failed': [ConnectionFailure];
  event: [name: string, args: unknown[]];
}

/** A connection that lasted so long starts the delays afresh. */
const kStableMs = 5_000;

export class Connection extends Events<ConnectionEvents> {
  state: ConnectionState = 'offline';

  readonly socket: Socket;
  private readonly backoff: Backoff;
  private wanted = false;
  private attempt = 0; // counts them, so that what belongs to an earlier one is known
  private failures = 0;
  private refusals = 0; // of our credentials, in a row
  private outageSince = 0;
  private announced = false;
  private onlineSince = 0;
  private retryTimer: ReturnType<typeof setTimeout> | undefined;
  private attemptTimer: ReturnType<typeof setTimeout> | undefined;
  private budgetTimer: ReturnType<typeof setTimeout> | undefined;
  private lastError: unknown;

  constructor(
    readonly url: string,
    private readonly options: ConnectionOptions = {},
  ) {
    super();
    this.backoff = new Backoff({ ...(options.reconnectionDelay ?? { min: 500, max: 10_000 }) }, Math.random);
    this.socket = io(url, {
      transports: ['websocket', 'polling'],
      tryAllTransports: true,
      ...options.socket,
      forceNew: true,
      autoConnect: false,
      reconnection: false,
    } as Partial<ManagerOptions & SocketOptions>);
    this.socket.on('connect', () => this.up());
    this.socket.on('disconnect', (reason) => this.down(new Error(reason)));
    this.socket.on('connect_error', (error) => this.down(error));
    this.socket.onAny((name: string, ...args: unknown[]) => this.emit('event', name, args));
  }

  get id(): string | undefined {
    return this.socket.id;
  }

  connect(): void {
    if (this.wanted) return;
    this.wanted = true;
    globalThis.addEventListener?.('online', this.retryNow);
    this.beginOutage();
    void this.try();
  }

  disconnect(): void {
    this.wanted = false;
    globalThis.removeEventListener?.('online', this.retryNow);
    this.attempt++;
    this.clearTimers();
    this.socket.disconnect();
    this.setState('offline');
  }

  /** Skips the delay before the next attempt. */
  readonly retryNow = (): void => {
    if (!this.wanted || this.state === 'online' || this.retryTimer === undefined) return;
    clearTimeout(this.retryTimer);
    void this.try();
  };

  /** What documents use while this connection lasts. */
  link(): Link {
    const { socket, attempt } = this;
    const alive = () => this.state === 'online' && this.attempt === attempt && socket.connected;
    return {
      request: (event, payload, answer) => {
        if (!alive()) return;
        socket.emit(event, payload, (...args: unknown[]) => {
          if (alive()) answer(args[0]);
        });
      },
      notify: (event, payload) => {
        if (alive()) socket.emit(event, payload);
      },
      reauthenticate: () => {
        if (alive()) this.reauthenticate();
      },
    };
  }

  private reauthenticate(): void {
    this.refusals++;
    this.socket.disconnect(); // 'disconnect' follows, and with it the next attempt
  }

  private async try(): Promise<void> {
    const attempt = ++this.attempt;
    this.retryTimer = undefined;
    this.setState('connecting');
    this.attemptTimer = setTimeout(() => this.giveUp(attempt), this.options.attemptTimeout ?? 20_000);
    try {
      const { auth } = this.options;
      const credentials = typeof auth === 'function' ? await auth() : (auth ?? {});
      if (attempt !== this.attempt || !this.wanted) return;
      this.socket.auth = credentials;
      this.socket.connect();
    } catch (error) {
      if (attempt === this.attempt) this.down(error);
    }
  }

  private giveUp(attempt: number): void {
    if (attempt !== this.attempt || this.state === 'online') return;
    this.socket.disconnect();
    this.down(new Error('timeout'));
  }

  private up(): void {
    this.clearTimers();
    this.failures = 0;
    this.onlineSince = Date.now();
    this.setState('online');
  }

  private down(error: unknown): void {
    if (!this.wanted || this.retryTimer !== undefined) return;
    clearTimeout(this.attemptTimer);
    const wasOnline = this.state === 'online';
    if (wasOnline && Date.now() - this.onlineSince > kStableMs) {
      this.backoff.reset();
      this.refusals = 0;
    }
    if (wasOnline) this.beginOutage();
    this.failures++;
    this.lastError = error;
    const { data } = (error ?? {}) as { data?: { code?: string; retryAfter?: number } };
    const failure = describeFailure(error);
    if (failure.reason === 'unauthenticated') this.refusals++;
    const delay = this.backoff.next(data?.retryAfter);
    this.retryTimer = setTimeout(() => void this.try(), delay);
    this.setState('offline');
    if (failure.permanent || this.refusals >= 2) this.announce();
  }

  private beginOutage(): void {
    this.outageSince = Date.now();
    this.announced = false;
    clearTimeout(this.budgetTimer);
    this.budgetTimer = setTimeout(() => this.announce(), this.options.timeBudget ?? 15_000);
  }

  // Tells the user, once an outage.
  private announce(): void {
    if (this.announced || this.state === 'online') return;
    this.announced = true;
    const { reason, message } = describeFailure(this.refusals >= 2 ? { message: 'unauthenticated' } : this.lastError);
    this.emit('connection-failed', {
      reason,
      message,
      attempts: this.failures,
      elapsed: Date.now() - this.outageSince,
      cause: this.lastError,
    });
  }

  private setState(state: ConnectionState): void {
    if (state === this.state) return;
    this.state = state;
    this.emit('state', state);
  }

  private clearTimers(): void {
    clearTimeout(this.retryTimer);
    clearTimeout(this.attemptTimer);
    clearTimeout(this.budgetTimer);
    this.retryTimer = undefined;
  }
}
