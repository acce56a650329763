import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { ConcertId } from '../../domain/types.ts';
import type { Rebuild, RebuildProgress, RebuildRequests } from '../ports/rebuild-requests.port.ts';
import { INITIAL_PROGRESS, isOver, OWNER_TIMEOUT_MS } from '../projection/rebuild-progress.ts';

const LOOK_EVERY_MS = 250;

/** Progress of the rebuild of a partition. */
export interface RebuildPartitionProgress extends RebuildProgress {
  readonly partition: number;
}

/** Requests rebuilds from the owners of partitions, and reports their progress. */
export class FollowRebuild {
  readonly #id = randomUUID();

  constructor(private readonly requests: RebuildRequests) {}

  /**
   * @param concertId only this queue, in its partition; undefined: everything in them
   * @returns the partition in which another rebuild waits or runs; then nothing was requested
   */
  async ask(partitions: readonly number[], concertId: ConcertId | undefined): Promise<number | undefined> {
    for (const [index, partition] of partitions.entries()) {
      if ((await this.requests.request(partition, this.#id, concertId)) === 'accepted') continue;
      for (const requested of partitions.slice(0, index))
        await this.#giveUp(requested, 'withdrawn: another one is under way');
      return partition;
    }
    return undefined;
  }

  /** The progress of all partitions, repeatedly until each is done or has failed. */
  async *watch(partitions: readonly number[]): AsyncGenerator<readonly RebuildPartitionProgress[]> {
    for (;;) {
      const looks = await Promise.all(partitions.map((partition) => this.#look(partition)));
      yield looks;
      if (looks.every(isOver)) return;
      await pause(LOOK_EVERY_MS);
    }
  }

  async #look(partition: number): Promise<RebuildPartitionProgress> {
    const rebuild = await this.requests.latest(partition);
    if (rebuild?.id !== this.#id) {
      const before = rebuild?.previous;
      if (before?.id === this.#id && isOver(before.progress)) return { ...before.progress, partition };
      return { ...INITIAL_PROGRESS, partition, state: 'failed', reason: 'the request was lost' };
    }
    const dead = causeOfDeath(rebuild);
    if (dead === undefined) return { ...rebuild.progress, partition };
    await this.#giveUp(partition, dead, rebuild.progress);
    return { ...rebuild.progress, partition, state: 'failed', reason: dead };
  }

  async #giveUp(partition: number, reason: string, progress: RebuildProgress = INITIAL_PROGRESS): Promise<void> {
    await this.requests.report(partition, this.#id, { ...progress, state: 'failed', reason });
  }
}

function causeOfDeath({ progress, owner, sinceReportMs }: Rebuild): string | undefined {
  if (isOver(progress) || sinceReportMs < OWNER_TIMEOUT_MS) return undefined;
  if (progress.state === 'requested')
    return 'no process that has projected the partition took it up: is a projector running?';
  return `${owner} has not been heard of for ${Math.round(sinceReportMs / 1000)} s; the live views are as they were`;
}
