// A typed event emitter. A listener that throws does not stop the others; its error surfaces as an uncaught one.

type Listener<Arguments extends unknown[]> = (...args: Arguments) => void;

export class Events<Map extends { [Name in keyof Map]: unknown[] }> {
  private readonly listeners = new globalThis.Map<keyof Map, Set<Listener<never>>>();

  /** Calls `listener` at every `name` until the returned function is called. */
  on<Name extends keyof Map>(name: Name, listener: Listener<Map[Name]>): () => void {
    let set = this.listeners.get(name);
    if (!set) this.listeners.set(name, (set = new Set()));
    set.add(listener as Listener<never>);
    return () => this.off(name, listener);
  }

  once<Name extends keyof Map>(name: Name, listener: Listener<Map[Name]>): () => void {
    const off = this.on(name, (...args) => {
      off();
      listener(...args);
    });
    return off;
  }

  off<Name extends keyof Map>(name: Name, listener: Listener<Map[Name]>): void {
    this.listeners.get(name)?.delete(listener as Listener<never>);
  }

  protected emit<Name extends keyof Map>(name: Name, ...args: Map[Name]): void {
    for (const listener of [...(this.listeners.get(name) ?? [])]) {
      try {
        (listener as unknown as Listener<Map[Name]>)(...args);
      } catch (error) {
        queueMicrotask(() => {
          throw error;
        });
      }
    }
  }
}
