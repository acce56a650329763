import type { Head } from '../../../application/ports/queue-view.port.ts';
import type { QueueScalars, QueueSnapshot } from '../../../domain/queue-snapshot.ts';
import type { Life, UserId } from '../../../domain/types.ts';
import { decodeLife } from './entry-codec.ts';
import { HEAD_FIELDS, headArguments, headOf, scalarsOf } from './head-codec.ts';
import type { RedisClient } from './redis-client.ts';
import type { RedisKeys } from './redis-keys.ts';

/** A head that moves is read again so many times: its concert has another, busy writer. */
const MOST_ATTEMPTS = 5;
/** Users per round trip. */
const CHUNK = 1_000;

export interface LoadedQueue {
  readonly head: Head;
  readonly snapshot: QueueSnapshot;
}

/**
 * Reads all of a concert's view in chunks, between two looks at a head that must not have moved meanwhile.
 *
 * @returns undefined if there is none, or what is stored is not what the head counts, or does not decode
 * @throws Error if the head moved at every attempt
 */
export async function loadSnapshot(
  redis: RedisClient,
  keys: RedisKeys,
  concertId: string,
): Promise<LoadedQueue | undefined> {
  for (let attempt = 0; attempt < MOST_ATTEMPTS; attempt++) {
    const [scalarsField, ...fields] = await redis.hmget(keys.head(concertId), 'scalars', ...HEAD_FIELDS);
    const head = headOf(fields);
    if (!head || typeof scalarsField !== 'string') return undefined;
    const lives = await scanLives(redis, keys.lives(concertId, head.generation));
    const barred = await scanSet(redis, keys.barred(concertId, head.generation));
    const verdict = await redis.checkHead(keys.concert(concertId, head.generation), headArguments(head));
    if (verdict === 'moved') continue;
    const scalars = scalarsOf(scalarsField);
    if (verdict !== 'whole' || !agrees(scalars, lives, barred)) return undefined;
    return { head, snapshot: { offset: head.offset, scalars, lives: lives.values(), barred } };
  }
  throw new Error(`The view of ${concertId} moved whenever it was read.`);
}

/** Lives by user; those that do not decode are left out, and so missed by the counts. */
async function scanLives(redis: RedisClient, key: string): Promise<ReadonlyMap<UserId, Life>> {
  const lives = new Map<UserId, Life>();
  let cursor = '0';
  do {
    const [next, fields] = await redis.hscan(key, cursor, 'COUNT', CHUNK);
    for (let at = 0; at + 1 < fields.length; at += 2) {
      const [userId, encoded] = [fields[at] ?? '', fields[at + 1] ?? ''];
      const life = decodeLife(userId, encoded);
      if (life) lives.set(userId, life);
    }
    cursor = next;
  } while (cursor !== '0');
  return lives;
}

async function scanSet(redis: RedisClient, key: string): Promise<ReadonlySet<UserId>> {
  const users = new Set<UserId>();
  let cursor = '0';
  do {
    const [next, members] = await redis.sscan(key, cursor, 'COUNT', CHUNK);
    for (const userId of members) users.add(userId);
    cursor = next;
  } while (cursor !== '0');
  return users;
}

function agrees({ counts }: QueueScalars, lives: ReadonlyMap<UserId, Life>, barred: ReadonlySet<UserId>): boolean {
  let waiting = 0;
  for (const life of lives.values()) if (life.state === 'WAITING') waiting += 1;
  return lives.size === counts.kept && waiting === counts.waiting && barred.size === counts.barred;
}
