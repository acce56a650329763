import { FatalError } from '../../../application/errors.ts';
import type {
  LogConsumer,
  LogSubscription,
  SubscriptionStatus,
} from '../../../application/ports/log-subscription.port.ts';
import type { Logger } from '../../../application/ports/logger.port.ts';
import { EmbeddedPartitionConsumer } from './embedded-partition-consumer.ts';
import type { LocalLog } from './local-log.ts';

/** Delivers every partition of this machine's log to the one process there is. */
export class SqliteLogSubscription implements LogSubscription {
  #consumers: readonly EmbeddedPartitionConsumer[] = [];
  #running: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly log: LocalLog,
    private readonly logger: Logger,
  ) {}

  async start(consumer: LogConsumer, onFatal: (error: FatalError) => void): Promise<void> {
    this.#consumers = Array.from(
      { length: this.log.partitions },
      (_, partition) => new EmbeddedPartitionConsumer(partition, consumer, this.log, this.logger),
    );
    this.log.writer.setListener({
      onWritten: (partition) => this.#consumers[partition]?.wake(),
      onWritableChange: (reason) => this.#logWritable(reason),
      onBroken: onFatal,
    });
    const fatal = (error: unknown): void =>
      onFatal(error instanceof FatalError ? error : new FatalError(`unforeseen: ${String(error)}`, { cause: error }));
    this.#running = Promise.all(this.#consumers.map((lane) => lane.run().catch(fatal)));
  }

  async stop(): Promise<void> {
    for (const lane of this.#consumers) lane.stop();
    await this.#running;
  }

  status(): readonly SubscriptionStatus[] {
    return this.#consumers.map((lane) => lane.status());
  }

  #logWritable(refusal: string | undefined): void {
    if (refusal === undefined) this.logger.warn('the log takes records again');
    else this.logger.error(`the log takes no records for now: ${refusal}`);
  }
}
