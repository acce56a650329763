import type { Rebuild, RebuildProgress, RebuildRequests } from '../../../application/ports/rebuild-requests.port.ts';
import { INITIAL_PROGRESS, isOver, OWNER_TIMEOUT_MS } from '../../../application/projection/rebuild-progress.ts';
import type { ConcertId } from '../../../domain/types.ts';
import type { RedisClient } from './redis-client.ts';
import type { RedisKeys } from './redis-keys.ts';

/** Rebuild requests in Redis: one hash per partition. */
export class RedisRebuildRequests implements RebuildRequests {
  /** @param owner the reporter's name, for display */
  constructor(
    private readonly redis: RedisClient,
    private readonly keys: RedisKeys,
    private readonly owner: string,
  ) {}

  async request(partition: number, id: string, concertId: ConcertId | undefined): Promise<'accepted' | 'running'> {
    const reply = await this.redis.requestRebuild(
      [this.keys.rebuild(partition)],
      [id, concertId ?? '', JSON.stringify(INITIAL_PROGRESS), String(OWNER_TIMEOUT_MS)],
    );
    return reply === 'accepted' ? 'accepted' : 'running';
  }

  async latest(partition: number): Promise<Rebuild | undefined> {
    const fields = await this.redis.hgetall(this.keys.rebuild(partition));
    const { id, concertId, progress, owner, reportedAt, previousId, previousProgress } = fields;
    if (id === undefined || progress === undefined) return undefined;
    const [seconds, micros] = await this.redis.time();
    return {
      id,
      concertId: concertId === '' ? undefined : concertId,
      progress: parseProgress(progress),
      owner: owner ?? '',
      sinceReportMs: Math.max(0, Number(seconds) * 1000 + Number(micros) / 1000 - Number(reportedAt)),
      ...(previousId !== undefined &&
        previousProgress !== undefined && {
          previous: { id: previousId, progress: parseProgress(previousProgress) },
        }),
    };
  }

  async report(partition: number, id: string, progress: RebuildProgress): Promise<boolean> {
    const reply = await this.redis.reportRebuild(
      [this.keys.rebuild(partition)],
      [id, JSON.stringify(progress), isOver(progress) ? '0' : '1', this.owner],
    );
    return reply === 'reported';
  }
}

function parseProgress(progress: string): RebuildProgress {
  return JSON.parse(progress) as RebuildProgress; // written only by this adapter
}
