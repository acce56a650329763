import { QueueError } from '../../../application/errors.ts';
import type { QueueViewInspector, ViewCursor, ViewPart } from '../../../application/ports/queue-view-inspector.port.ts';
import type { ConcertId, Entry, Offset, UserId } from '../../../domain/types.ts';
import { decodeEntry } from './entry-codec.ts';
import { attributesOf, HEAD_FIELDS, headOf } from './head-codec.ts';
import type { RedisClient } from './redis-client.ts';
import type { RedisKeys } from './redis-keys.ts';

/** Entries asked for in one call. */
const CHUNK = 1_000;
const COLLECTIONS = ['entries', 'waiting', 'disqualified'] as const;

/** Reads the view part by part, each in one transaction with its head. */
export class RedisQueueViewInspector implements QueueViewInspector {
  constructor(
    private readonly redis: RedisClient,
    private readonly keys: RedisKeys,
  ) {}

  async part(concertId: ConcertId, from?: ViewCursor): Promise<ViewPart | 'missing' | 'replaced'> {
    try {
      return await this.#part(concertId, from);
    } catch (cause) {
      throw new QueueError('PROJECTION_UNAVAILABLE', 'The view of the queues cannot be read.', { cause });
    }
  }

  async #part(concertId: ConcertId, from?: ViewCursor): Promise<ViewPart | 'missing' | 'replaced'> {
    const cursor = from ?? (await this.#start(concertId));
    if (!cursor) return 'missing';
    const { generation, collection, at } = cursor;
    const [head, entries, waiting, disqualified] = this.keys.concert(concertId, generation) as [
      string,
      string,
      string,
      string,
    ];
    const asked = this.redis
      .multi()
      .hmget(head, 'attributes', ...HEAD_FIELDS)
      .hlen(entries)
      .zcard(waiting)
      .scard(disqualified);
    if (collection === 'entries') asked.hscan(entries, at, 'COUNT', CHUNK);
    else if (collection === 'waiting') asked.zscan(waiting, at, 'COUNT', CHUNK);
    else asked.sscan(disqualified, at, 'COUNT', CHUNK);
    const [fields, ...answers] = resultsOf(await asked.exec());
    const [attributes, ...identity] = listOf(fields);
    const current = headOf(identity);
    if (!current || typeof attributes !== 'string') return 'missing';
    if (current.generation !== generation) return 'replaced';
    const [stored, queued, refused, scanned] = answers;
    const [next, found] = Array.isArray(scanned) ? (scanned as [unknown, unknown]) : [];
    const values = listOf(found).map(String);
    return {
      head: current,
      attributes: attributesOf(attributes),
      sizes: { entries: Number(stored), waiting: Number(queued), disqualified: Number(refused) },
      entries: new Map(collection === 'entries' ? entriesOf(values) : []),
      waiting: new Map(collection === 'waiting' ? placesOf(values) : []),
      disqualified: collection === 'disqualified' ? values : [],
      next: nextCursor(cursor, String(next)),
    };
  }

  async #start(concertId: ConcertId): Promise<ViewCursor | undefined> {
    const generation = await this.redis.hget(this.keys.head(concertId), 'generation');
    return generation === null ? undefined : { generation, collection: 'entries', at: '0' };
  }
}

function nextCursor({ generation, collection, at: _at }: ViewCursor, next: string): ViewCursor | undefined {
  if (next !== '0') return { generation, collection, at: next };
  const after = COLLECTIONS[COLLECTIONS.indexOf(collection) + 1];
  return after && { generation, collection: after, at: '0' };
}

/** @throws Error if any of the commands failed */
function resultsOf(replies: [Error | null, unknown][] | null): unknown[] {
  if (!replies) throw new Error('Redis gave up a transaction.');
  return replies.map(([error, answer]) => {
    if (error) throw error;
    return answer;
  });
}

function listOf(reply: unknown): unknown[] {
  return Array.isArray(reply) ? reply : [];
}

function* pairs(entries: readonly string[]): Generator<readonly [string, string]> {
  for (let at = 0; at + 1 < entries.length; at += 2) yield [entries[at] ?? '', entries[at + 1] ?? ''];
}

function* entriesOf(entries: readonly string[]): Generator<readonly [UserId, Entry | string]> {
  for (const [userId, encoded] of pairs(entries)) yield [userId, decodeEntry(userId, encoded) ?? encoded];
}

function* placesOf(entries: readonly string[]): Generator<readonly [UserId, Offset]> {
  for (const [userId, place] of pairs(entries)) yield [userId, Number(place)];
}
