import { setTimeout as pause } from 'node:timers/promises';
import type { LogConsumer } from '../../../src/application/ports/log-feed.port.ts';
import type { MemoryEventLog } from './memory-event-log.ts';

const MOST_AT_ONCE = 50;

/** Delivers every partition of a log in memory to one consumer. */
export class MemoryLogFeed {
  readonly #stopped = new AbortController();
  #running: Promise<unknown> = Promise.resolve();

  constructor(private readonly log: MemoryEventLog) {}

  async start(consumer: LogConsumer): Promise<void> {
    const partitions = [...Array(this.log.partitions).keys()];
    const from = await Promise.all(partitions.map((partition) => consumer.assigned(partition)));
    this.#running = Promise.all(
      partitions.map((partition) => this.#deliver(consumer, partition, from[partition] ?? 0)),
    );
  }

  async stop(): Promise<void> {
    this.#stopped.abort();
    await this.#running;
  }

  async #deliver(consumer: LogConsumer, partition: number, from: number): Promise<void> {
    let next = from;
    let wake = (): void => undefined;
    this.log.onAppend(() => wake());
    this.#stopped.signal.addEventListener('abort', () => wake());
    while (!this.#stopped.signal.aborted) {
      const records = this.log.records(partition).slice(next, next + MOST_AT_ONCE);
      if (records.length === 0) {
        await new Promise<void>((resolve) => (wake = resolve));
        continue;
      }
      try {
        await consumer.consume(partition, records);
        next += records.length;
      } catch {
        await pause(20); // delivered again, as the port promises
      }
    }
  }
}
