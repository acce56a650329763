import { Connection } from './connection.ts';

/**
 * Idle connections, used in turn as independent users would: the server closes a connection that is idle for long, and
 * a request that comes just then is lost. One that was closed all the same is opened again, as any client would.
 */
export class FreeConnections {
  readonly #address: URL;
  readonly #all: Set<Connection>;
  readonly #free: Connection[];
  #closed = false;

  constructor(address: URL, connections: readonly Connection[]) {
    this.#address = address;
    this.#all = new Set(connections);
    this.#free = [...connections];
  }

  /** The one that has been free for longest; undefined: none is free now. */
  take(): Connection | undefined {
    for (let free = this.#free.shift(); free; free = this.#free.shift()) {
      if (free.open) return free;
      this.#all.delete(free);
      void this.#renew();
    }
    return undefined;
  }

  give(connection: Connection): void {
    this.#free.push(connection);
  }

  /** Those too that are being used. */
  close(): void {
    this.#closed = true;
    for (const connection of this.#all) connection.close();
  }

  /** A server that takes no more leaves the rest to do the work. */
  async #renew(): Promise<void> {
    const connection = await Connection.open(this.#address).catch(() => undefined);
    if (this.#closed) connection?.close();
    else if (connection) {
      this.#all.add(connection);
      this.#free.push(connection);
    }
  }
}
