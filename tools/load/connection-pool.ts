import { Connection } from './connection.ts';

/**
 * Idle connections, used in turn as those of independent users would be. A server closes a connection that is idle for long, and
 * a request sent at that moment is lost. The pool replaces connections that were closed, as any client would.
 */
export class ConnectionPool {
  readonly #address: URL;
  readonly #all: Set<Connection>;
  readonly #free: Connection[];
  #closed = false;

  constructor(address: URL, connections: readonly Connection[]) {
    this.#address = address;
    this.#all = new Set(connections);
    this.#free = [...connections];
  }

  /** The connection that has been free for longest; undefined: none is free now. */
  acquire(): Connection | undefined {
    for (let free = this.#free.shift(); free; free = this.#free.shift()) {
      if (free.open) return free;
      this.#all.delete(free);
      void this.#replace();
    }
    return undefined;
  }

  release(connection: Connection): void {
    this.#free.push(connection);
  }

  /** Closes the connections in use too. */
  close(): void {
    this.#closed = true;
    for (const connection of this.#all) connection.close();
  }

  /** If the server accepts no more connections, the pool becomes smaller. */
  async #replace(): Promise<void> {
    const connection = await Connection.open(this.#address).catch(() => undefined);
    if (this.#closed) connection?.close();
    else if (connection) {
      this.#all.add(connection);
      this.#free.push(connection);
    }
  }
}
