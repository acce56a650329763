import type { Offset } from '../../domain/types.ts';
import { errorMessage } from '../../lib/error-message.ts';
import type { LogConsumer, LogRecord } from '../ports/log-subscription.port.ts';
import type { Logger } from '../ports/logger.port.ts';
import type { VisibilitySource } from './checkpoint-store.ts';
import { PartitionProjection } from './partition-projection.ts';
import type { ProjectionDependencies } from './projection-dependencies.ts';

/** Well below the gap of 1 s that counts as an outage of the view. */
const HEARTBEAT_MS = 400;
/** A partition that was revoked for this long is removed from memory. A rebalance returns many partitions within seconds. */
const KEEP_REVOKED_MS = 60_000;
/** Heartbeats from one comparison of the heads with memory to the next. */
const REPAIR_EVERY = 8;

/** Acts on the projected state of the partitions that this process owns. */
export interface OwnershipListener {
  /**
   * The partition was assigned to this process and loaded.
   * @returns read whenever a checkpoint is stored
   */
  onAssigned(partition: PartitionProjection): VisibilitySource;
  /** Records were folded and written. */
  onProjected(partition: PartitionProjection): void;
  /** Calls `write`, which writes the heartbeat. */
  onHeartbeat(partition: PartitionProjection, write: () => Promise<void>): Promise<void>;
  /** The views were compared with memory. */
  onVerified(partition: PartitionProjection, isIntact: boolean): void;
  /** The partition was revoked a while ago and is removed from memory. */
  onRemoved(partition: PartitionProjection): void;
}

/** Projects the partitions that are assigned to this process, sends their heartbeats and repairs their views. */
export class Projector implements LogConsumer {
  readonly #partitions = new Map<number, PartitionProjection>();
  #timer: NodeJS.Timeout | undefined;
  readonly #heartbeats = new Map<PartitionProjection, { count: number; busy: boolean }>();
  /** When each partition was revoked: monotonic time. */
  readonly #revokedAt = new Map<PartitionProjection, number>();
  /** Partitions whose last heartbeat failed. */
  readonly #unavailable = new Set<PartitionProjection>();

  constructor(
    private readonly dependencies: ProjectionDependencies,
    private readonly listener: OwnershipListener,
    private readonly logger: Logger,
  ) {}

  start(): void {
    this.#timer = setInterval(() => {
      for (const partition of this.owned()) void this.#heartbeat(partition);
      this.#removeRevoked();
    }, HEARTBEAT_MS);
  }

  stop(): void {
    clearInterval(this.#timer);
    for (const partition of this.#partitions.values()) partition.release();
  }

  async assigned(partition: number): Promise<Offset> {
    const projection = this.#partitions.get(partition) ?? new PartitionProjection(partition, this.dependencies);
    this.#partitions.set(partition, projection);
    this.#revokedAt.delete(projection);
    const started = performance.now();
    const readFrom = await projection.load();
    projection.storeVisibilityFrom(this.listener.onAssigned(projection));
    const took = Math.round(performance.now() - started);
    this.logger.debug(
      `partition ${partition}: ${projection.concerts.size} queues loaded in ${took} ms, reading from offset ${readFrom}`,
    );
    return readFrom;
  }

  revoked(partition: number): void {
    const projection = this.#partitions.get(partition);
    if (!projection) return;
    projection.release();
    this.#unavailable.delete(projection);
    this.#revokedAt.set(projection, performance.now());
  }

  async consume(partition: number, records: readonly LogRecord[]): Promise<void> {
    const projection = this.#partitions.get(partition);
    if (!projection) return;
    await projection.consume(records);
    this.listener.onProjected(projection);
  }

  async passed(partition: number, next: Offset): Promise<void> {
    const projection = this.#partitions.get(partition);
    if (!projection) return;
    await projection.pass(next);
    this.listener.onProjected(projection);
  }

  #removeRevoked(): void {
    for (const [projection, revokedAt] of this.#revokedAt) {
      if (performance.now() - revokedAt < KEEP_REVOKED_MS) continue;
      this.#revokedAt.delete(projection);
      this.#heartbeats.delete(projection);
      this.#partitions.delete(projection.partition);
      this.listener.onRemoved(projection);
    }
  }

  /** The partitions in memory, by number. Those revoked in the last minute are kept and no longer `owned`. */
  get partitions(): ReadonlyMap<number, PartitionProjection> {
    return this.#partitions;
  }

  /** Partitions that this process writes now. */
  owned(): readonly PartitionProjection[] {
    return [...this.#partitions.values()].filter(({ owned }) => owned);
  }

  /** Writes the heartbeat, and repairs the view at intervals. At most one call runs per partition. */
  async #heartbeat(partition: PartitionProjection): Promise<void> {
    const heartbeat = this.#heartbeats.get(partition) ?? { count: 0, busy: false };
    this.#heartbeats.set(partition, heartbeat);
    if (heartbeat.busy) return;
    heartbeat.busy = true;
    const isRepairDue = ++heartbeat.count % REPAIR_EVERY === 0;
    try {
      await this.listener.onHeartbeat(partition, () => this.#writeHeartbeat(partition));
      if (isRepairDue && partition.caughtUp) this.listener.onVerified(partition, await partition.repair());
      this.#viewAnswered(partition);
    } catch (error) {
      this.#viewFailed(partition, error);
    } finally {
      heartbeat.busy = false;
    }
  }

  /** The heartbeat confirms visibility, so the views of all READY entries must be reachable: their claim windows run. */
  async #writeHeartbeat(partition: PartitionProjection): Promise<void> {
    const called = [...partition.concerts.values()].filter(({ queue }) => queue.called > 0);
    await this.dependencies.view.reach(called.map(({ concertId }) => concertId));
    await partition.flush();
  }

  #viewFailed(partition: PartitionProjection, error: unknown): void {
    if (this.#unavailable.size === 0) this.logger.warn(`the view is unavailable: ${errorMessage(error)}`);
    this.#unavailable.add(partition);
  }

  #viewAnswered(partition: PartitionProjection): void {
    if (this.#unavailable.delete(partition) && this.#unavailable.size === 0)
      this.logger.info('the view is available again');
  }
}
