import { once } from 'node:events';
import { isFatal } from '../../../application/errors.ts';
import type { LogConsumer, SubscriptionStatus } from '../../../application/ports/log-subscription.port.ts';
import type { Logger } from '../../../application/ports/logger.port.ts';
import type { Offset } from '../../../domain/types.ts';
import { retry } from '../../../lib/retry.ts';
import type { LocalLog } from './local-log.ts';

/** Folding a batch of this size blocks the event loop for about 10 ms. */
const MAX_BATCH_SIZE = 1_000;
const BACKOFF = { firstMs: 100, maxMs: 5_000 };

/** Delivers the records of one partition to the consumer until it is stopped. */
export class EmbeddedPartitionConsumer {
  readonly #partition: number;
  readonly #consumer: LogConsumer;
  readonly #log: LocalLog;
  readonly #logger: Logger;
  readonly #stopped = new AbortController();
  readonly #wakes = new EventTarget();
  #next: Offset | undefined;
  #lastError: string | undefined;

  constructor(partition: number, consumer: LogConsumer, log: LocalLog, logger: Logger) {
    this.#partition = partition;
    this.#consumer = consumer;
    this.#log = log;
    this.#logger = logger;
  }

  /** Resolves when stopped. @throws FatalError for errors that a retry cannot resolve */
  async run(): Promise<void> {
    const partition = this.#partition;
    await this.#retry(async () => {
      this.#next = await this.#consumer.assigned(partition);
    });
    while (!this.#stopped.signal.aborted && this.#next !== undefined) {
      const from = this.#next;
      const end = this.#log.writer.end('record', partition);
      if (from >= end) {
        await once(this.#wakes, 'wake');
        continue;
      }
      const records = this.#log.stream('record').read(partition, from, Math.min(MAX_BATCH_SIZE, end - from));
      await this.#retry(() => this.#consumer.consume(partition, records));
      this.#next = from + records.length;
    }
  }

  /** Call when the partition has new records. */
  wake(): void {
    this.#wakes.dispatchEvent(new Event('wake'));
  }

  /** The current call completes; no further call is made. */
  stop(): void {
    this.#stopped.abort();
    this.#consumer.revoked(this.#partition);
    this.wake();
  }

  status(): SubscriptionStatus {
    const partition = this.#partition;
    if (this.#lastError !== undefined) return { partition, state: 'backing-off', reason: this.#lastError };
    return { partition, state: this.#next === undefined ? 'loading' : 'reading' };
  }

  async #retry(action: () => Promise<void>): Promise<void> {
    const onFailure = (reason: string): void => {
      this.#lastError = reason;
      this.#logger.warn(`partition ${this.#partition} is stopped and will be retried: ${reason}`);
    };
    const { signal } = this.#stopped;
    await retry(action, { ...BACKOFF, signal, isPermanent: isFatal, onFailure });
    if (!signal.aborted) this.#lastError = undefined;
  }
}
