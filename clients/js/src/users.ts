// Who has the document open: one entry a connection. In a large room the server lists only some of them, but the count is exact.
// A user with several connections counts once; each anonymous connection counts by itself.

import { ANONYMOUS } from './protocol.js';
import type { Opened, Profile, User } from './protocol.js';

export class Users {
  count = 0;
  private readonly bySocket = new Map<string, User>();

  get list(): User[] {
    return [...this.bySocket.values()];
  }

  get(socketId: string): User | undefined {
    return this.bySocket.get(socketId);
  }

  reset({ users, userCount }: Pick<Opened, 'users' | 'userCount'>): void {
    this.bySocket.clear();
    for (const user of users ?? []) this.bySocket.set(user.socketId, user);
    this.count = userCount ?? this.distinct();
  }

  joined({ userId, socketId, profile }: { userId: string; socketId: string; profile?: Profile }): void {
    this.bySocket.set(socketId, profile ? { userId, socketId, profile } : { userId, socketId });
    this.count = this.distinct();
  }

  left(socketId: string): void {
    this.bySocket.delete(socketId);
    this.count = this.distinct();
  }

  /** The server counts for us while the room is large; with `users` it is small again. */
  counted({ userCount, users }: { userCount: number; users?: User[] }): void {
    if (users) this.reset({ users, userCount });
    else this.count = userCount;
  }

  private distinct(): number {
    return new Set(this.list.map(({ userId, socketId }) => (userId === ANONYMOUS ? `anonymous ${socketId}` : userId))).size;
  }
}
