import { FatalError } from '../../../application/errors.ts';
import type {
  LogConsumer,
  LogSubscription,
  Membership,
  SubscriptionStatus,
} from '../../../application/ports/log-subscription.port.ts';
import type { Logger } from '../../../application/ports/logger.port.ts';
import { EmbeddedPartitionConsumer } from './embedded-partition-consumer.ts';
import type { LocalLog } from './local-log.ts';

/** Delivers every partition of the local log to this process. */
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
      onWritableChange: (rejection) => this.#logWritable(rejection),
      onBroken: onFatal,
    });
    const fatal = (error: unknown): void =>
      onFatal(
        error instanceof FatalError ? error : new FatalError(`unexpected error: ${String(error)}`, { cause: error }),
      );
    this.#running = Promise.all(this.#consumers.map((partition) => partition.run().catch(fatal)));
  }

  async stop(): Promise<void> {
    for (const partition of this.#consumers) partition.stop();
    await this.#running;
  }

  membership(): Membership {
    return { isMember: true };
  }

  status(): readonly SubscriptionStatus[] {
    return this.#consumers.map((partition) => partition.status());
  }

  #logWritable(rejection: string | undefined): void {
    if (rejection === undefined) this.logger.warn('the log accepts records again');
    else this.logger.error(`the log rejects records: ${rejection}`);
  }
}
