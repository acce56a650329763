import { FatalError } from '../../../application/errors.ts';
import type { LogConsumer, SubscriptionStatus } from '../../../application/ports/log-subscription.port.ts';
import type { Logger } from '../../../application/ports/logger.port.ts';
import type { Offset } from '../../../domain/types.ts';
import { retry } from '../../../lib/retry.ts';
import type { FetchedBatch } from './consumer-session.ts';

const MOST_AT_ONCE = 2000;

export interface PartitionHost {
  /** Where the log of the partition begins and ends. Rejects while the broker is away. */
  range(partition: number): Promise<{ readonly start: Offset; readonly end: Offset }>;
  /** The lane is loaded and wants records from this offset on. */
  ready(partition: number, from: Offset): void;
  fatal(error: FatalError): void;
}

/**
 * One partition from its assignment to its revocation. All calls to the consumer for it come from here, one after the other; a
 * failed one is repeated here with the records still at hand, so that the rest of the feed need not know.
 */
export class PartitionConsumer {
  readonly partition: number;
  readonly #consumer: LogConsumer;
  readonly #host: PartitionHost;
  readonly #log: Logger;
  readonly #revoked = new AbortController();
  #work: Promise<void>;
  #pieces = 0;
  #next: Offset | undefined;
  #done: Offset | undefined;
  /** `next` at the last look after a rest. */
  #restedAt: Offset | undefined;
  #trouble: string | undefined;
  #whenTroubled: (() => void) | undefined;

  /** @param before the work of an earlier lane of the same partition, with which this one must not overlap */
  constructor(partition: number, consumer: LogConsumer, host: PartitionHost, log: Logger, before: Promise<void>) {
    this.partition = partition;
    this.#consumer = consumer;
    this.#host = host;
    this.#log = log;
    this.#work = before.then(() => this.#load());
  }

  /** The offset that the next piece must begin at; undefined while loading. */
  get next(): Offset | undefined {
    return this.#next;
  }

  /** All before this offset is folded and written; undefined while loading. */
  get done(): Offset | undefined {
    return this.#done;
  }

  get idle(): boolean {
    return this.#pieces === 0;
  }

  /** Resolves when no call is under way and none will follow by itself. */
  get settled(): Promise<void> {
    return this.#work;
  }

  /** Resolves when the lane has nothing to do, or is in trouble: in either case there is no use in waiting longer. */
  async quiet(): Promise<void> {
    if (this.#trouble !== undefined) return;
    const troubled = new Promise<void>((resolve) => {
      this.#whenTroubled = resolve;
    });
    await Promise.race([this.#work, troubled]);
  }

  status(): SubscriptionStatus {
    const { partition } = this;
    if (this.#trouble !== undefined) return { partition, state: 'backing-off', reason: this.#trouble };
    return { partition, state: this.#next === undefined ? 'loading' : 'reading' };
  }

  /** Takes a piece if it is the one that follows what was taken before. */
  take(piece: FetchedBatch): boolean {
    if (this.#next === undefined || piece.fetched !== this.#next || this.#revoked.signal.aborted) return false;
    this.#next = piece.next;
    this.#pieces++;
    this.#work = this.#work.then(() => this.#deliver(piece));
    return true;
  }

  /** The log holds nothing to deliver from `first` to `last`. */
  pass(first: Offset, last: Offset): void {
    if (this.#next === undefined || first > this.#next || last < this.#next) return;
    this.#next = last + 1;
    if (this.idle) this.#done = this.#next;
  }

  /** No new call comes after this; one under way may still end. */
  revoke(): void {
    if (this.#revoked.signal.aborted) return;
    this.#revoked.abort();
    this.#consumer.revoked(this.partition);
  }

  /** To be told when something came that does not follow: the log may be another one. Never rejects. */
  async doubt(): Promise<void> {
    const next = this.#next;
    if (next === undefined) return;
    try {
      await this.#refuseOutside(next);
    } catch (error) {
      if (error instanceof FatalError) this.#host.fatal(error);
      else this.#log.warn(`kafka: partition ${this.partition} cannot be checked: ${String(error)}`);
    }
  }

  /**
   * To be called from time to time. Where the log has lost what is to be read next, kafkajs goes to what follows without a word: if
   * nothing follows, nobody would hear of it. Never rejects.
   */
  async lookAfterRest(): Promise<void> {
    const rests = this.idle && this.#next === this.#restedAt;
    this.#restedAt = this.#next;
    if (rests && !this.#revoked.signal.aborted) await this.doubt();
  }

  /** Refuses a position that the log does not have (any more): whoever is there has folded another log than this one. */
  async #refuseOutside(offset: Offset): Promise<void> {
    const { partition } = this;
    const { start, end } = await this.#host.range(partition);
    if (offset >= start && offset <= end) return;
    throw new FatalError(
      `partition ${partition} was recreated or truncated below what was projected: ` +
        `the next offset to read is ${offset}, the log holds ${start} to ${end}`,
    );
  }

  async #load(): Promise<void> {
    let from = 0;
    const loaded =
      (await this.#insist(async () => {
        from = await this.#consumer.assigned(this.partition);
      })) && (await this.#insist(() => this.#refuseOutside(from)));
    if (!loaded || this.#revoked.signal.aborted) return;
    this.#next = this.#done = from;
    this.#host.ready(this.partition, from);
  }

  async #deliver({ records, next }: FetchedBatch): Promise<void> {
    for (let at = 0; at < records.length; at += MOST_AT_ONCE) {
      const some = at === 0 && records.length <= MOST_AT_ONCE ? records : records.slice(at, at + MOST_AT_ONCE);
      const folded = await this.#insist(() => this.#consumer.consume(this.partition, some));
      if (!folded) return;
      this.#done = (some.at(-1)?.offset ?? next - 1) + 1;
    }
    this.#done = next;
    this.#pieces--;
  }

  /** Repeats until it succeeds; false when the partition was revoked, or the error is one that no repeating mends. */
  async #insist(action: () => Promise<void>): Promise<boolean> {
    try {
      return await retry(action, this.#revoked.signal, (reason) => this.#tell(reason));
    } catch (error) {
      if (!(error instanceof FatalError)) throw error;
      this.#host.fatal(error);
      return false;
    }
  }

  #tell(trouble: string | undefined): void {
    this.#trouble = trouble;
    if (trouble === undefined) return;
    this.#whenTroubled?.();
    this.#log.warn(`partition ${this.partition} stands still and is tried again: ${trouble}`);
  }
}
