import { FatalError, isFatal } from '../../../application/errors.ts';
import type { LogConsumer, SubscriptionStatus } from '../../../application/ports/log-subscription.port.ts';
import type { Logger } from '../../../application/ports/logger.port.ts';
import type { Offset } from '../../../domain/types.ts';
import { retry } from '../../../lib/retry.ts';
import type { FetchedBatch } from './fetched-batch.ts';
import type { KafkaPartitions } from './kafka-partitions.ts';

const MAX_RECORDS_PER_CALL = 2000;
const BACKOFF = { firstMs: 100, maxMs: 5000 };

/**
 * One partition from its assignment to its revocation. Makes all calls to the `LogConsumer` for this partition, one after the
 * other, and retries failed calls with the records in memory.
 */
export class PartitionConsumer {
  /** Resolves with the first offset to read, or with undefined if the partition is revoked before it is loaded. */
  readonly loaded: Promise<Offset | undefined>;
  /** Resolves with the error if no retry can help; otherwise stays pending. */
  readonly failure: Promise<FatalError>;
  readonly #consumer: LogConsumer;
  readonly #offsets: KafkaPartitions;
  readonly #log: Logger;
  readonly #revoked = new AbortController();
  readonly #fail: (error: FatalError) => void;
  #work: Promise<unknown>;
  #pendingBatches = 0;
  #next: Offset | undefined;
  #projected: Offset | undefined;
  /** `next` at the last check while idle. */
  #nextAtIdleCheck: Offset | undefined;
  #problem: string | undefined;
  #onProblem: (() => void) | undefined;
  /** What the partition waits for: no record after the first one of an open transaction can be read. */
  #openTransaction: string | undefined;

  /** @param previous the pending work of an earlier consumer of the partition; calls must not overlap */
  constructor(
    readonly topic: string,
    readonly partition: number,
    consumer: LogConsumer,
    offsets: KafkaPartitions,
    log: Logger,
    previous: Promise<void>,
  ) {
    const failure = Promise.withResolvers<FatalError>();
    this.failure = failure.promise;
    this.#fail = failure.resolve;
    this.#consumer = consumer;
    this.#offsets = offsets;
    this.#log = log;
    this.loaded = previous.then(() => this.#load());
    this.#work = this.loaded;
  }

  /** The expected first offset of the next batch; undefined until loaded. */
  get next(): Offset | undefined {
    return this.#next;
  }

  /** Every record before this offset is projected; undefined until loaded. */
  get projected(): Offset | undefined {
    return this.#projected;
  }

  get isIdle(): boolean {
    return this.#pendingBatches === 0;
  }

  get isRevoked(): boolean {
    return this.#revoked.signal.aborted;
  }

  /** Resolves when the accepted batches are processed. */
  async settled(): Promise<void> {
    await this.#work;
  }

  /** Resolves when the accepted batches are processed or a call has failed: in both cases there is no reason to wait longer. */
  async settledOrFailing(): Promise<void> {
    if (this.#problem !== undefined) return;
    const failing = new Promise<void>((resolve) => {
      this.#onProblem = resolve;
    });
    await Promise.race([this.#work, failing]);
  }

  status(): SubscriptionStatus {
    const { partition } = this;
    const reason = this.#problem ?? this.#openTransaction;
    if (reason !== undefined) return { partition, state: 'backing-off', reason };
    return { partition, state: this.#next === undefined ? 'loading' : 'reading' };
  }

  /** @returns false if the batch does not continue where the last one ended */
  accept(batch: FetchedBatch): boolean {
    if (this.#next === undefined || batch.start !== this.#next || this.isRevoked) return false;
    this.#next = batch.end;
    this.#pendingBatches++;
    this.#work = this.#work.then(() => this.#deliver(batch));
    return true;
  }

  /** There are no records to deliver from `first` to `last`. */
  skip(first: Offset, last: Offset): void {
    if (this.#next === undefined || first > this.#next || last < this.#next || this.isRevoked) return;
    const next = last + 1;
    this.#next = next;
    this.#pendingBatches++;
    this.#work = this.#work.then(() => this.#deliver({ records: [], end: next }));
  }

  /** Makes no further calls. A call in progress may still finish. */
  revoke(): void {
    if (this.isRevoked) return;
    this.#revoked.abort();
    this.#consumer.revoked(this.partition);
  }

  /** Call after an out-of-sequence batch: the topic may have been recreated. Never rejects; see `failure`. */
  async verifyOffsetRange(): Promise<void> {
    if (this.#next === undefined) return;
    try {
      await this.#requireInLog(this.#next);
    } catch (error) {
      if (error instanceof FatalError) this.#fail(error);
      else this.#log.warn(`kafka: cannot check the offsets of partition ${this.partition}: ${String(error)}`);
    }
  }

  /**
   * Call periodically. If the next record was deleted, kafkajs silently continues with the record after it; without one, only
   * this check finds the loss. Never rejects; see `failure`.
   */
  async checkWhileIdle(): Promise<void> {
    const hasNotMoved = this.isIdle && this.#next === this.#nextAtIdleCheck;
    this.#nextAtIdleCheck = this.#next;
    if (!hasNotMoved || this.isRevoked) {
      this.#openTransaction = undefined;
      return;
    }
    await this.verifyOffsetRange();
    await this.#findOpenTransaction();
  }

  async #findOpenTransaction(): Promise<void> {
    const { topic, partition } = this;
    const before = this.#openTransaction;
    try {
      this.#openTransaction = await this.#offsets.openTransaction(topic, partition);
    } catch (error) {
      this.#log.debug(`kafka: cannot look for transactions in partition ${partition}: ${String(error)}`);
    }
    if (this.#openTransaction === before) return;
    if (this.#openTransaction === undefined) this.#log.info(`partition ${partition}: the transaction has ended`);
    else this.#log.warn(`partition ${partition} is stopped: ${this.#openTransaction}`);
  }

  /** @throws FatalError if the log has no such offset: the view was built from another log */
  async #requireInLog(offset: Offset): Promise<void> {
    const { start, end } = await this.#offsets.range(this.topic, this.partition);
    if (offset >= start && offset <= end) return;
    throw new FatalError(
      `partition ${this.partition} was recreated or truncated below what was projected: ` +
        `the next offset to read is ${offset}, the log has ${start} to ${end}`,
    );
  }

  async #load(): Promise<Offset | undefined> {
    let from = 0;
    const isLoaded =
      (await this.#retry(async () => {
        from = await this.#consumer.assigned(this.partition);
      })) && (await this.#retry(() => this.#requireInLog(from)));
    if (!isLoaded || this.isRevoked) return undefined;
    this.#next = this.#projected = from;
    return from;
  }

  async #deliver({ records, end }: Pick<FetchedBatch, 'records' | 'end'>): Promise<void> {
    for (let at = 0; at < records.length; at += MAX_RECORDS_PER_CALL) {
      const slice = records.length <= MAX_RECORDS_PER_CALL ? records : records.slice(at, at + MAX_RECORDS_PER_CALL);
      const isProjected = await this.#retry(() => this.#consumer.consume(this.partition, slice));
      if (!isProjected) return;
      this.#projected = (slice.at(-1)?.offset ?? end - 1) + 1;
    }
    const hasMarkers = records.at(-1)?.offset !== end - 1;
    if (hasMarkers && !(await this.#retry(() => this.#consumer.passed(this.partition, end)))) return;
    this.#projected = end;
    this.#pendingBatches--;
  }

  /** @returns false if the partition was revoked, or after a FatalError, which `failure` reports */
  async #retry(action: () => Promise<void>): Promise<boolean> {
    try {
      const succeed = async (): Promise<true> => {
        await action();
        this.#setProblem(undefined);
        return true;
      };
      const onFailure = (reason: string): void => this.#setProblem(reason);
      const { signal } = this.#revoked;
      return (await retry(succeed, { ...BACKOFF, signal, isPermanent: isFatal, onFailure })) ?? false;
    } catch (error) {
      if (!(error instanceof FatalError)) throw error;
      this.#fail(error);
      return false;
    }
  }

  #setProblem(problem: string | undefined): void {
    this.#problem = problem;
    if (problem === undefined) return;
    this.#onProblem?.();
    this.#log.warn(`partition ${this.partition} is stopped and will be retried: ${problem}`);
  }
}
