import type { Offset } from '../../domain/types.ts';
import type { LogConsumer, LogRecord } from '../ports/log-subscription.port.ts';
import type { Logger } from '../ports/logger.port.ts';
import { PartitionProjection } from './partition-projection.ts';
import type { ProjectionDependencies } from './projection-dependencies.ts';

/** A gap of over a second between heartbeats counts as time in which nobody could read anything. */
const HEARTBEAT_MS = 400;
/** Every so many heartbeats the heads are compared with memory. */
const MEND_EVERY = 8;

/** Who acts on what is folded. */
export interface OwnershipListener {
  /** The partition is loaded and ours. */
  owns(partition: PartitionProjection): void;
  /** Records were folded and written. */
  folded(partition: PartitionProjection): void;
  /** Around every write that says that the owner lives. */
  beat(partition: PartitionProjection, write: () => Promise<void>): Promise<void>;
  /** All heads were compared with memory; `whole`: nothing was missing. */
  inspected(partition: PartitionProjection, whole: boolean): void;
}

/** Folds the partitions that the group gives to this process, and keeps their views whole. */
export class Projector implements LogConsumer {
  readonly #partitions = new Map<number, PartitionProjection>();
  #timer: NodeJS.Timeout | undefined;
  readonly #pulses = new Map<PartitionProjection, { beats: number; busy: boolean }>();
  /** Those whose view was away at their last beat. */
  readonly #away = new Set<PartitionProjection>();

  constructor(
    private readonly ports: ProjectionDependencies,
    private readonly listener: OwnershipListener,
    private readonly diagnostics: Logger,
  ) {}

  start(): void {
    this.#timer = setInterval(() => {
      for (const partition of this.owned()) void this.#beat(partition);
    }, HEARTBEAT_MS);
  }

  stop(): void {
    clearInterval(this.#timer);
    for (const partition of this.#partitions.values()) partition.release();
  }

  async assigned(partition: number): Promise<Offset> {
    const projection = this.#partitions.get(partition) ?? new PartitionProjection(partition, this.ports);
    this.#partitions.set(partition, projection);
    const started = performance.now();
    const readFrom = await projection.load();
    this.listener.owns(projection);
    const took = Math.round(performance.now() - started);
    this.diagnostics.debug(
      `partition ${partition}: ${projection.concerts.size} queues loaded in ${took} ms, reading from offset ${readFrom}`,
    );
    return readFrom;
  }

  revoked(partition: number): void {
    const projection = this.#partitions.get(partition);
    projection?.release();
    if (projection) this.#away.delete(projection);
  }

  async consume(partition: number, records: readonly LogRecord[]): Promise<void> {
    const projection = this.#partitions.get(partition);
    if (!projection) return;
    await projection.consume(records);
    this.listener.folded(projection);
  }

  /** All that this process has had, by number: what was taken from it is kept, and no longer `owned`. */
  get partitions(): ReadonlyMap<number, PartitionProjection> {
    return this.#partitions;
  }

  /** Partitions that this process writes now. */
  owned(): readonly PartitionProjection[] {
    return [...this.#partitions.values()].filter(({ owned }) => owned);
  }

  /** Says that the owner lives, and finds what the view has lost where nothing happens. One at a time of a partition. */
  async #beat(partition: PartitionProjection): Promise<void> {
    const pulse = this.#pulses.get(partition) ?? { beats: 0, busy: false };
    this.#pulses.set(partition, pulse);
    if (pulse.busy) return;
    pulse.busy = true;
    const mend = ++pulse.beats % MEND_EVERY === 0;
    try {
      await this.listener.beat(partition, () => this.#write(partition));
      if (mend && partition.caughtUp) this.listener.inspected(partition, await partition.mend());
      this.#answers(partition);
    } catch (error) {
      this.#isAway(partition, error);
    } finally {
      pulse.busy = false;
    }
  }

  /** Vouches for nothing before whoever was called can see it: their time is running. */
  async #write(partition: PartitionProjection): Promise<void> {
    const called = [...partition.concerts.values()].filter(({ queue }) => queue.called > 0);
    await this.ports.view.reach(called.map(({ concertId }) => concertId));
    await partition.flush();
  }

  #isAway(partition: PartitionProjection, error: unknown): void {
    if (this.#away.size === 0)
      this.diagnostics.warn(`the view is away: ${error instanceof Error ? error.message : String(error)}`);
    this.#away.add(partition);
  }

  #answers(partition: PartitionProjection): void {
    if (this.#away.delete(partition) && this.#away.size === 0) this.diagnostics.info('the view answers again');
  }
}
