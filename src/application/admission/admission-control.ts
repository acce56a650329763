import type { DrawSecrets } from '../commands/draw-secrets.ts';
import type { EventLog } from '../ports/event-log.port.ts';
import type { Logger } from '../ports/logger.port.ts';
import type { PartitionProjection } from '../projection/partition-projection.ts';
import type { OwnershipListener } from '../projection/projector.ts';
import { PartitionAdmission } from './partition-admission.ts';

const TICK_MS = 100;

/** Opens, draws, calls and lets expire, by adding events to the log; in the process that folds the partition. */
export class AdmissionControl implements OwnershipListener {
  readonly #partitions = new Map<PartitionProjection, PartitionAdmission>();
  #timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly log: EventLog,
    private readonly draws: DrawSecrets,
    private readonly diagnostics: Logger,
  ) {}

  start(): void {
    this.#timer = setInterval(() => this.#tick(), TICK_MS);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  owns(projection: PartitionProjection): void {
    const known = this.#partitions.get(projection);
    const admission = known ?? new PartitionAdmission(projection, this.log, this.draws, this.diagnostics);
    this.#partitions.set(projection, admission);
    admission.takeOver();
  }

  /** Under load this is when a queue's view is where its memory is; a timer alone might never meet it so. */
  folded(projection: PartitionProjection): void {
    if (projection.owned) this.#partitions.get(projection)?.tick();
  }

  async beat(projection: PartitionProjection, write: () => Promise<void>): Promise<void> {
    const admission = this.#partitions.get(projection);
    const at = performance.now();
    const end = await this.log.endOffset(projection.partition).catch(() => undefined);
    if (end !== undefined) {
      projection.updateLogEnd(end);
      admission?.sawEnd(at, end);
      admission?.beforeBeat();
    }
    try {
      await write();
      admission?.afterBeat();
    } catch (error) {
      admission?.missedBeat();
      throw error;
    }
  }

  inspected(projection: PartitionProjection, whole: boolean): void {
    this.#partitions.get(projection)?.inspected(whole);
  }

  #tick(): void {
    for (const [projection, admission] of this.#partitions) if (projection.owned) admission.tick();
  }
}
