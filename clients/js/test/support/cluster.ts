// A whole cluster and its clients in one thread from one seed: servers on one log, lossy connections, a clock that is moved by hand.

import Delta from 'quill-delta';
import { Session } from '../../src/session.js';
import type { Link, Timers } from '../../src/session.js';
import { ModelLog, ModelServer } from './model-server.js';
import type { Connection, Faults, Operation } from './model-server.js';
import { randomSource } from './random.js';

export interface Mix {
  /** Chances a step, or a call, of each fault. */
  hook: number;
  refuse: number;
  unavailable: number;
  trim: number;
  loseLog: number;
  closeStale: number;
  rich: boolean;
  limit: number;
}

export const calm: Mix = { hook: 0, refuse: 0, unavailable: 0, trim: 0, loseLog: 0, closeStale: 0, rich: false, limit: 0 };

export class Clock implements Timers {
  now = 0;
  private readonly timers = new Set<{ at: number; run: () => void }>();
  constructor(readonly random: () => number) {}

  after(ms: number, run: () => void): () => void {
    const timer = { at: this.now + ms, run };
    this.timers.add(timer);
    return () => this.timers.delete(timer);
  }

  advance(ms: number): void {
    this.now += ms;
    for (const timer of [...this.timers]) {
      if (timer.at > this.now || !this.timers.delete(timer)) continue;
      timer.run();
    }
  }
}

// One connection: two queues in order; when it is lost, what is under way to the server may still arrive.
class Wire implements Connection, Link {
  readonly up: (() => void)[] = [];
  readonly down: (() => void)[] = [];
  alive = true;

  constructor(
    readonly id: string,
    readonly server: ModelServer,
    private readonly editor: Editor,
  ) {}

  send(event: string, payload: Record<string, unknown>): void {
    const copy = structuredClone(payload);
    this.down.push(() => this.editor.session.received(event as 'update', copy));
  }

  request(event: string, payload: object, answer: (answer: unknown) => void): void {
    if (!this.alive) throw new Error(`${event} was emitted on a dead connection`);
    const copy = structuredClone(payload) as never;
    const answered = (response: unknown) => {
      const copied = structuredClone(response);
      this.down.push(() => answer(copied));
    };
    this.up.push(() => {
      if (event === 'document:open') this.server.open(this, copy, answered);
      else if (event === 'document:operation') this.server.submit(this, copy, answered);
      else this.server.close(this);
    });
  }

  notify(): void {}

  reauthenticate(): void {
    this.editor.drop(0);
  }
}

export class Editor {
  readonly session: Session;
  readonly refusedSeqs = new Set<number>();
  wire: Wire | null = null;
  shown = new Delta(); // what an editor would show that is told of changes only
  private connections = 0;

  constructor(
    readonly client: string,
    private readonly cluster: Cluster,
  ) {
    this.session = new Session({ document: 'doc', client, create: true }, cluster.clock, {
      changed: (change) => (this.shown = this.shown.compose(change)),
      opened: () => {
        if (!this.loaded) this.shown = this.session.replica!.content.toDelta();
        this.loaded = true;
      },
      refused: (_, seq) => this.refusedSeqs.add(seq),
      closed: (reason) => {
        if (reason !== 'replaced') throw new Error(`${client} was closed: ${reason}`);
      },
      progressed: () => {},
    });
  }
  private loaded = false;

  connect(server: ModelServer): void {
    if (this.wire) return;
    this.wire = new Wire(`${this.client}/${++this.connections}`, server, this);
    this.session.connected(this.wire);
  }

  /** `arriving`: how many of the messages under way the server still gets; it may notice the loss only later. */
  drop(arriving: number): void {
    const { wire } = this;
    if (!wire) return;
    this.wire = null;
    wire.alive = false;
    wire.down.length = 0;
    wire.up.length = Math.min(wire.up.length, arriving);
    this.cluster.dying.push(wire);
    this.session.disconnected();
  }

  edit(change: Delta): void {
    if (this.session.replica && this.session.phase !== 'closed') this.session.edit(change);
  }
}

export class Cluster {
  readonly random: () => number;
  readonly clock: Clock;
  readonly log: ModelLog;
  readonly servers: ModelServer[] = [];
  readonly editors: Editor[];
  readonly dying: Wire[] = [];
  readonly lost: Operation[] = [];
  private quiet = false;

  constructor(
    seed: number,
    private readonly mix: Mix,
  ) {
    this.random = randomSource(seed);
    this.clock = new Clock(this.random);
    this.log = new ModelLog(mix.rich ? 'rich-text' : 'text');
    for (let i = 0; i < 3; i++) this.servers.push(this.newServer());
    this.editors = Array.from({ length: 2 + this.below(4) }, (_, i) => new Editor(`editor-${i}`, this));
    for (const editor of this.editors) editor.connect(this.pick(this.servers));
  }

  below(n: number): number {
    return Math.floor(this.random() * n);
  }

  pick<T>(list: T[]): T {
    return list[this.below(list.length)]!;
  }

  chance(probability: number): boolean {
    return !this.quiet && this.random() < probability;
  }

  step(): void {
    const editor = this.pick(this.editors);
    const dice = this.random();
    this.clock.advance(this.below(60));
    if (dice < 0.25) editor.edit(this.randomChange(editor));
    else if (dice < 0.48) this.pass(editor.wire?.down);
    else if (dice < 0.65) this.pass(editor.wire?.up);
    else if (dice < 0.75) this.some((server) => server.flush());
    else if (dice < 0.9) this.some((server) => server.deliver(() => this.random() < 0.3));
    else if (dice < 0.92) this.some((server) => server.readLog());
    else if (dice < 0.94) this.lateArrival();
    else if (dice < 0.943) this.crash();
    else if (dice < 0.952) editor.drop(this.below(3));
    else this.reconnect(editor);
    this.logFaults();
  }

  /** No more faults, and everything that is under way arrives. */
  heal(): void {
    this.quiet = true;
    for (let i = 0; i < 3000 && !this.settled(); i++) {
      this.clock.advance(100);
      while (this.dying.length) this.lateArrival();
      for (const editor of this.editors) {
        this.reconnect(editor);
        editor.wire?.up.shift()?.();
        editor.wire?.down.shift()?.();
      }
      for (const server of this.servers) {
        server.flush();
        server.readLog();
        server.deliver();
      }
    }
  }

  settled(): boolean {
    return this.editors.every(
      ({ session, wire }) =>
        session.phase === 'open' && !session.replica!.pendingEdits && !session.replica!.inFlight && session.version === this.log.head && !wire?.up.length && !wire?.down.length,
    );
  }

  private some(act: (server: ModelServer) => void): void {
    for (const server of this.servers) if (this.random() < 0.6) act(server);
  }

  private pass(queue: (() => void)[] | undefined): void {
    for (let n = 1 + this.below(3); n > 0; n--) queue?.shift()?.();
  }

  private reconnect(editor: Editor): void {
    if (editor.session.phase === 'closed') editor.session.reopen();
    editor.connect(this.pick(this.servers));
  }

  private lateArrival(): void {
    const wire = this.dying[0];
    if (!wire) return;
    const message = wire.up.shift();
    if (message) return message();
    wire.server.dropped(wire);
    this.dying.shift();
  }

  private crash(): void {
    const i = this.below(this.servers.length);
    for (const editor of this.editors) if (editor.wire?.server === this.servers[i]) editor.drop(0);
    for (const wire of this.dying) if (wire.server === this.servers[i]) wire.up.length = 0;
    this.servers[i] = this.newServer();
  }

  private logFaults(): void {
    if (this.chance(this.mix.trim)) this.log.trim(this.log.first + this.below(this.log.revisions.length + 1));
    if (this.chance(this.mix.loseLog)) {
      this.lost.push(...this.log.lose(this.below(Math.min(4, this.log.revisions.length) + 1)));
      for (const server of this.servers) server.readLog();
    }
    if (this.chance(this.mix.closeStale)) {
      const { wire } = this.pick(this.editors);
      wire?.server.close(wire, 'stale');
    }
  }

  private newServer(): ModelServer {
    const faults: Faults = {
      refuse: () => {
        if (!this.chance(this.mix.refuse)) return null;
        return this.pick(['forbidden', 'invalid-operation', 'too-large', 'rate-limited', 'unavailable', 'not-open', 'unauthenticated']);
      },
      hook: (change) => {
        if (!this.chance(this.mix.hook)) return change;
        return this.random() < 0.5 ? new Delta() : change.compose(new Delta().insert('!'));
      },
      append: () => (this.chance(this.mix.unavailable) ? this.pick(['fails', 'silent'] as const) : 'ok'),
    };
    return new ModelServer(this.log, this.servers, faults, this.mix.limit ? { operation: this.mix.limit } : {});
  }

  private randomChange(editor: Editor): Delta {
    const length = editor.session.replica?.content.length ?? 0;
    const ops = editor.session.replica?.content.toDelta().ops ?? [];
    const text = ops.map(({ insert }) => (typeof insert === 'string' ? insert : '\0')).join('');
    const change = new Delta();
    let position = 0;
    const attributes = () => (this.mix.rich && this.random() < 0.4 ? { bold: this.pick([true, null]) as true } : undefined);
    const aligned = (p: number) => (isLow(text.charCodeAt(p)) ? p + 1 : p);
    for (let parts = 1 + this.below(3); parts > 0; parts--) {
      const next = aligned(position + this.below(length - position + 1));
      change.retain(next - position);
      position = next;
      const kind = this.below(this.mix.rich ? 4 : 3);
      if (position >= length || kind === 0) {
        const insert = this.mix.rich && this.random() < 0.1 ? { image: 'x' } : this.pick(['a', 'b', 'cd', 'xyz', '😀', 'é😁']).repeat(1 + this.below(this.mix.limit ? 12 : 2));
        const formats = attributes();
        change.insert(insert as string, formats?.bold ? formats : undefined);
      } else {
        const end = aligned(Math.min(length, position + 1 + this.below(4)));
        if (kind === 3) change.retain(end - position, { bold: this.pick([true, null]) as true });
        else change.delete(end - position);
        position = end;
      }
    }
    return change.chop();
  }
}

function isLow(unit: number): boolean {
  return unit >= 0xdc00 && unit <= 0xdfff;
}
