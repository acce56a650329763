import type { QueueClient } from './queue-client.ts';

/** A system under test: the application or a baseline. */
export interface System {
  readonly name: string;
  /** Name in tables. */
  readonly title: string;
  readonly address: string;
  /** By role: `api`, `broker`, `projector`, `Redis`. */
  readonly pids: ReadonlyMap<string, number>;
  /** Detects when all entries are projected; undefined if the measurement does not wait for a projection. */
  readonly client?: QueueClient;
}
