import type { ViewHead } from '../../../application/ports/queue-view.port.ts';
import type { QueueAttributes, QueueSnapshot } from '../../../domain/queue-snapshot.ts';
import type { Entry, UserId } from '../../../domain/types.ts';
import { decodeEntry } from './entry-codec.ts';
import { attributesOf, HEAD_FIELDS, headArguments, headOf, QUEUE_FIELDS } from './head-codec.ts';
import type { RedisClient } from './redis-client.ts';
import type { RedisKeys } from './redis-keys.ts';

/** The head moves during an attempt if another process writes the concert. */
const MAX_ATTEMPTS = 5;
/** Users per call, approximately. */
const CHUNK_SIZE = 1_000;

export interface LoadedQueue {
  readonly head: ViewHead;
  readonly snapshot: QueueSnapshot;
}

/**
 * Reads the full view of a concert in chunks, and checks that its head did not move meanwhile.
 *
 * @returns undefined if there is no view, if it does not match its counts, or if an entry does not decode
 * @throws Error if the head moved during every attempt
 */
export async function loadSnapshot(
  redis: RedisClient,
  keys: RedisKeys,
  concertId: string,
): Promise<LoadedQueue | undefined> {
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
    const fields = await redis.hmget(keys.head(concertId), ...HEAD_FIELDS, ...QUEUE_FIELDS);
    const head = headOf(fields);
    const attributes = attributesOf(fields.slice(HEAD_FIELDS.length));
    if (!head || !attributes) return undefined;
    const entries = await scanEntries(redis, keys.entries(concertId, head.generation));
    const disqualified = await scanSet(redis, keys.disqualified(concertId, head.generation));
    const result = await redis.checkHead(keys.concert(concertId, head.generation), headArguments(head));
    if (result === 'moved') continue;
    if (result !== 'whole' || !matchesCounts(attributes, entries, disqualified)) return undefined;
    return { head, snapshot: { offset: head.offset, attributes, entries: entries.values(), disqualified } };
  }
  throw new Error(`The view of ${concertId} moved during every attempt to read it.`);
}

/** Entries by user. An entry that does not decode is left out; the counts then differ. */
async function scanEntries(redis: RedisClient, key: string): Promise<ReadonlyMap<UserId, Entry>> {
  const entries = new Map<UserId, Entry>();
  let cursor = '0';
  do {
    const [next, fields] = await redis.hscan(key, cursor, 'COUNT', CHUNK_SIZE);
    for (let at = 0; at + 1 < fields.length; at += 2) {
      const [userId, encoded] = [fields[at] ?? '', fields[at + 1] ?? ''];
      const entry = decodeEntry(userId, encoded);
      if (entry) entries.set(userId, entry);
    }
    cursor = next;
  } while (cursor !== '0');
  return entries;
}

async function scanSet(redis: RedisClient, key: string): Promise<ReadonlySet<UserId>> {
  const users = new Set<UserId>();
  let cursor = '0';
  do {
    const [next, members] = await redis.sscan(key, cursor, 'COUNT', CHUNK_SIZE);
    for (const userId of members) users.add(userId);
    cursor = next;
  } while (cursor !== '0');
  return users;
}

function matchesCounts(
  { counts }: QueueAttributes,
  entries: ReadonlyMap<UserId, Entry>,
  disqualified: ReadonlySet<UserId>,
): boolean {
  let waiting = 0;
  for (const entry of entries.values()) if (entry.state === 'WAITING') waiting += 1;
  return entries.size === counts.kept && waiting === counts.waiting && disqualified.size === counts.disqualified;
}
