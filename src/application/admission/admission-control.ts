import type { DrawSecrets } from '../commands/draw-secrets.ts';
import type { EventLog } from '../ports/event-log.port.ts';
import type { Logger } from '../ports/logger.port.ts';
import type { VisibilitySource } from '../projection/checkpoint-store.ts';
import type { PartitionProjection } from '../projection/partition-projection.ts';
import type { OwnershipListener } from '../projection/projector.ts';
import { PartitionAdmission } from './partition-admission.ts';

const TICK_MS = 100;

/** Opens queues, holds draws, calls and expires entries by appending events. Runs in the process that owns the partition. */
export class AdmissionControl implements OwnershipListener {
  readonly #partitions = new Map<PartitionProjection, PartitionAdmission>();
  #timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly log: EventLog,
    private readonly draws: DrawSecrets,
    private readonly logger: Logger,
  ) {}

  start(): void {
    this.#timer = setInterval(() => this.#tick(), TICK_MS);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  onAssigned(projection: PartitionProjection): VisibilitySource {
    const existing = this.#partitions.get(projection);
    const admission = existing ?? new PartitionAdmission(projection, this.log, this.draws, this.logger);
    this.#partitions.set(projection, admission);
    admission.takeOver();
    return () => admission.visibility;
  }

  /** Decisions need a view that is in sync with memory. Under load that may only be so right after a batch. */
  onProjected(projection: PartitionProjection): void {
    if (projection.owned) this.#partitions.get(projection)?.tick();
  }

  async onHeartbeat(projection: PartitionProjection, write: () => Promise<void>): Promise<void> {
    const admission = this.#partitions.get(projection);
    const readAt = performance.now();
    const end = await this.log.endOffset(projection.partition).catch(() => undefined);
    if (end !== undefined) {
      projection.updateLogEnd(end);
      admission?.beforeHeartbeat(readAt, end);
    }
    try {
      await write();
      admission?.afterHeartbeat();
    } catch (error) {
      admission?.heartbeatFailed();
      throw error;
    }
  }

  onVerified(projection: PartitionProjection, isIntact: boolean): void {
    this.#partitions.get(projection)?.onVerified(isIntact);
  }

  onRemoved(projection: PartitionProjection): void {
    this.#partitions.delete(projection);
  }

  #tick(): void {
    for (const [projection, admission] of this.#partitions) if (projection.owned) admission.tick();
  }
}
