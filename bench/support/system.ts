import type { QueueClient } from './queue-client.ts';

/** Something that is measured: the application, or a rival. */
export interface System {
  readonly name: string;
  /** In tables. */
  readonly title: string;
  readonly address: string;
  /** By what they do: `api`, `broker`, `projector`, `Redis`. */
  readonly pids: ReadonlyMap<string, number>;
  /** Asks when the view holds everything; undefined where nothing is projected, or is not meant to be waited for. */
  readonly client?: QueueClient;
}
