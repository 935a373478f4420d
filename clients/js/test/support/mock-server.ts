// The model behind a stock Socket.IO server: for tests of the client over a real socket, where no binary is at hand.

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Server } from 'socket.io';
import type { ServerOptions, Socket } from 'socket.io';
import { encodeChanges } from '../../src/change.js';
import type { DocumentType } from '../../src/content.js';
import { moveRange } from '../../src/cursors.js';
import type { Range } from '../../src/protocol.js';
import { ModelLog, ModelServer } from './model-server.js';
import type { Connection } from './model-server.js';

type Answer = (payload: object) => void;

class Room {
  readonly server: ModelServer;
  readonly members = new Map<string, { socket: Socket; profile?: object; cursor?: Range; data?: unknown }>();
  private seen = 0;

  constructor(
    readonly id: string,
    readonly log: ModelLog,
  ) {
    const cluster: ModelServer[] = [];
    this.server = new ModelServer(log, cluster, undefined, { operation: 500_000 });
    cluster.push(this.server);
  }

  get users() {
    return [...this.members.values()].map(({ socket, profile }) => ({ userId: 'anonymous', socketId: socket.id, profile }));
  }

  flush(): void {
    this.server.flush();
    for (const { composed } of this.log.slice(this.seen, this.log.head)) {
      for (const member of this.members.values()) if (member.cursor) member.cursor = moveRange(member.cursor, composed, false);
    }
    this.seen = this.log.head;
    this.server.deliver();
  }

  presence(only: string[] = [...this.members.keys()]): object {
    const users = Object.fromEntries(
      only.map((id) => {
        const { cursor, data } = this.members.get(id) ?? {};
        return [id, cursor || data !== undefined ? { userId: 'anonymous', cursor, data } : null];
      }),
    );
    return { document: this.id, version: this.log.head, users };
  }
}

export interface MockServer {
  url: string;
  io: Server;
  rooms: Map<string, Room>;
  close(): Promise<void>;
}

export async function startMockServer(options: Partial<ServerOptions> & { hello?: object } = {}): Promise<MockServer> {
  const http = createServer();
  const io = new Server(http, { cors: { origin: '*' }, ...options });
  const rooms = new Map<string, Room>();

  io.on('connection', (socket) => {
    const connection: Connection = { id: socket.id, send: (event, payload) => socket.emit(event, { ...payload, ...('document' in payload ? { document: currentId(payload) } : {}) }) };
    let joined = new Map<string, Room>();
    const currentId = (payload: Record<string, unknown>) => (payload.document === 'doc' ? [...joined.keys()][0] : payload.document);

    socket.on('hello', (_: object, answer: Answer) => answer(options.hello ?? { ok: true, protocol: 1, server: 'mock', serverId: 'mock', limits: {} }));
    socket.on('document:open', (request: { document: string; type?: DocumentType; create?: true; client: string; profile?: object }, answer: Answer) => {
      let room = rooms.get(request.document);
      if (!room && !request.create) return answer({ ok: false, error: { code: 'not-found', message: 'there is no such document' } });
      if (!room) rooms.set(request.document, (room = new Room(request.document, new ModelLog(request.type))));
      joined.set(room.id, room);
      room.members.set(socket.id, { socket, ...(request.profile ? { profile: request.profile } : {}) });
      room.server.open(connection, request, (reply) => answer({ ...reply, document: room.id, users: room.users, userCount: room.users.length }));
      socket.emit('presence', room.presence());
      for (const member of room.members.values()) {
        if (member.socket !== socket) member.socket.emit('user-joined', { room: `document:${room.id}`, userId: 'anonymous', socketId: socket.id, profile: request.profile });
      }
    });
    socket.on('document:operation', (request: { document: string } & Parameters<ModelServer['submit']>[1], answer: Answer) => {
      const room = rooms.get(request.document)!;
      room.server.submit(connection, request, answer);
      setTimeout(() => room.flush(), 5);
    });
    socket.on('document:presence', ({ document, cursor, data }: { document: string; cursor?: Range; data?: unknown }) => {
      const room = joined.get(document);
      if (!room) return;
      Object.assign(room.members.get(socket.id)!, { cursor, data });
      for (const member of room.members.values()) if (member.socket !== socket) member.socket.emit('presence', room.presence([socket.id]));
    });
    socket.on('document:close', ({ document }: { document: string }, answer: Answer) => {
      leave(document);
      answer({ ok: true });
    });
    socket.on('document:history', ({ document, from = 0, to = Infinity }: { document: string; from?: number; to?: number }, answer: Answer) => {
      const { log } = rooms.get(document)!;
      const revisions = log.slice(from, Math.min(to, log.head)).map(({ operations }, i) => ({
        version: from + i + 1, time: 0, operations: operations.map(({ client, seq }) => ({ userId: 'anonymous', client, seq, changes: [] })),
      }));
      answer({ ok: true, version: log.head, first: log.first, revisions });
    });
    socket.on('document:snapshot', ({ document, version }: { document: string; version?: number }, answer: Answer) => {
      const { log } = rooms.get(document)!;
      const content = log.slice(0, version ?? log.head).reduce((all, { composed }) => all.apply(composed), log.base);
      answer({ ok: true, epoch: log.epoch, type: log.type, version: version ?? log.head, content: log.type === 'text' ? content.toString() : encodeChanges(content.toDelta()) });
    });
    socket.on('disconnect', () => {
      for (const id of joined.keys()) leave(id);
      joined = new Map();
    });

    const leave = (id: string) => {
      const room = joined.get(id);
      if (!room?.members.delete(socket.id)) return;
      joined.delete(id);
      room.server.close(connection);
      room.server.dropped(connection);
      for (const member of room.members.values()) member.socket.emit('user-left', { room: `document:${id}`, userId: 'anonymous', socketId: socket.id });
    };
  });

  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
  return { url, io, rooms, close: () => new Promise((resolve) => void io.close(() => resolve())) };
}
