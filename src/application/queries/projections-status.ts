import { setTimeout as pause } from 'node:timers/promises';
import type { LogTime, Offset } from '../../domain/types.ts';
import { allPartitions } from '../event-log/partitioner.ts';
import { recordAt } from '../event-log/record-at.ts';
import type { DeadLetters } from '../ports/dead-letters.port.ts';
import type { LogReader } from '../ports/log-reader.port.ts';
import type { PartitionState, QueueViewReader } from '../ports/queue-view.port.ts';

/** Time between the two reads that show progress. */
const BETWEEN_LOOKS_MS = 1_000;
/** The owner writes its checkpoint twice a second. */
const SILENT_MS = 5_000;
/** A younger record is being processed, not late. */
const UNDER_WAY_MS = 2_000;
/** For reading a checkpoint without a concert. */
const NO_CONCERT = '';

export interface StatusPorts {
  readonly log: LogReader;
  readonly deadLetters: Pick<DeadLetters, 'of'>;
  readonly view: Pick<QueueViewReader, 'progress' | 'concerts'>;
}

export interface PartitionStatus {
  readonly partition: number;
  /** The process that wrote the checkpoint last, and when by its own clock; absent without a checkpoint. */
  readonly owner?: string;
  readonly writtenAt?: LogTime;
  readonly concerts: number;
  /** Offset of the next record. */
  readonly logEnd: Offset;
  /** Everything up to this offset is folded and written; -1 before the first record. */
  readonly projectedOffset: Offset;
  /** Records that are not projected. */
  readonly lagEvents: number;
  /** Age of the oldest of them by this machine's clock, in seconds; 0 when there is none. */
  readonly lagSeconds: number;
  readonly eventsPerSecond: number;
  readonly deadLetters: number;
  readonly state: 'current' | 'catching up' | 'stuck';
  /** Set when stuck: the reason as seen from outside. */
  readonly reason?: string;
}

/** The projected offset, owner and progress of each partition, from the log and the view alone. */
export class ProjectionsStatus {
  constructor(
    private readonly ports: StatusPorts,
    private readonly now: () => number = Date.now,
    private readonly betweenLooksMs = BETWEEN_LOOKS_MS,
  ) {}

  /** Takes a second: it reads twice to measure progress. */
  async look(): Promise<readonly PartitionStatus[]> {
    const partitions = allPartitions(this.ports.log.partitions);
    const before = await Promise.all(partitions.map((partition) => this.#progress(partition)));
    const from = performance.now();
    await pause(this.betweenLooksMs);
    const after = await Promise.all(partitions.map((partition) => this.#progress(partition)));
    const seconds = (performance.now() - from) / 1_000;
    const ends = await this.ports.log.ends(partitions);
    return Promise.all(
      partitions.map((partition) => {
        const moved = (after[partition]?.checkpoint ?? -1) - (before[partition]?.checkpoint ?? -1);
        return this.#status(partition, ends.get(partition) ?? 0, after[partition], Math.max(0, moved) / seconds);
      }),
    );
  }

  #progress(partition: number): Promise<PartitionState | undefined> {
    return this.ports.view.progress(partition, NO_CONCERT);
  }

  async #status(
    partition: number,
    logEnd: Offset,
    progress: PartitionState | undefined,
    eventsPerSecond: number,
  ): Promise<PartitionStatus> {
    const projectedOffset = progress?.checkpoint ?? -1;
    const [concerts, deadLetters, oldest] = await Promise.all([
      this.ports.view.concerts(partition),
      this.ports.deadLetters.of(partition),
      // Most partitions have no such record, and cost no read.
      projectedOffset + 1 < logEnd ? recordAt(this.ports.log, partition, projectedOffset + 1) : undefined,
    ]);
    const lagMs = oldest === undefined ? 0 : Math.max(0, this.now() - oldest.timestamp);
    return {
      partition,
      ...(progress && { owner: progress.owner, writtenAt: progress.writtenAt }),
      concerts: concerts?.length ?? 0,
      logEnd,
      projectedOffset,
      lagEvents: Math.max(0, logEnd - 1 - projectedOffset),
      lagSeconds: Math.round(lagMs) / 1_000,
      eventsPerSecond: Math.round(eventsPerSecond),
      deadLetters: deadLetters.size,
      ...this.#stateOf(progress, projectedOffset, logEnd, lagMs, eventsPerSecond),
    };
  }

  #stateOf(
    progress: PartitionState | undefined,
    projectedOffset: Offset,
    logEnd: Offset,
    lagMs: number,
    eventsPerSecond: number,
  ): Pick<PartitionStatus, 'state' | 'reason'> {
    const stuck = (reason: string) => ({ state: 'stuck', reason }) as const;
    if (projectedOffset >= logEnd) return stuck(`the log ends at offset ${logEnd}: was the topic recreated?`);
    const isSilent = !progress || this.now() - progress.writtenAt > SILENT_MS;
    // Before the first event no projector is needed.
    if (!progress)
      return logEnd === 0
        ? { state: 'current' }
        : stuck('there is no record: no projector runs, or one folds from the start');
    if (isSilent) {
      const seconds = Math.round((this.now() - progress.writtenAt) / 1_000);
      return stuck(`the owner has not written for ${seconds} s: is any projector running?`);
    }
    if (logEnd - 1 <= projectedOffset || lagMs < UNDER_WAY_MS) return { state: 'current' };
    if (eventsPerSecond > 0) return { state: 'catching up' };
    return stuck(`the owner lives, but has not come beyond offset ${projectedOffset}: its log says why`);
  }
}
