import { QueueError } from '../../../application/errors.ts';
import type { QueueViewInspector, ViewCursor, ViewPart } from '../../../application/ports/queue-view-inspector.port.ts';
import type { ConcertId, Entry, Offset, UserId } from '../../../domain/types.ts';
import { decodeEntry } from './entry-codec.ts';
import { attributesOf, HEAD_FIELDS, headOf, QUEUE_FIELDS } from './head-codec.ts';
import type { RedisClient } from './redis-client.ts';
import type { RedisKeys } from './redis-keys.ts';

/** Items per call, approximately. */
const CHUNK_SIZE = 1_000;
const COLLECTIONS = ['entries', 'waiting', 'disqualified'] as const;

/** Reads the view in parts, each in one transaction with its head. */
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
    const transaction = this.redis
      .multi()
      .hmget(head, ...HEAD_FIELDS, ...QUEUE_FIELDS)
      .hlen(entries)
      .zcard(waiting)
      .scard(disqualified);
    if (collection === 'entries') transaction.hscan(entries, at, 'COUNT', CHUNK_SIZE);
    else if (collection === 'waiting') transaction.zscan(waiting, at, 'COUNT', CHUNK_SIZE);
    else transaction.sscan(disqualified, at, 'COUNT', CHUNK_SIZE);
    const [fields, ...results] = resultsOf(await transaction.exec());
    const current = headOf(listOf(fields));
    const attributes = attributesOf(listOf(fields).slice(HEAD_FIELDS.length));
    if (!current || !attributes) return 'missing';
    if (current.generation !== generation) return 'replaced';
    const [entryCount, waitingCount, disqualifiedCount, scanned] = results;
    const [next, found] = Array.isArray(scanned) ? (scanned as [unknown, unknown]) : [];
    const values = listOf(found).map(String);
    return {
      head: current,
      attributes,
      sizes: { entries: Number(entryCount), waiting: Number(waitingCount), disqualified: Number(disqualifiedCount) },
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

/** @throws Error if a command failed */
function resultsOf(replies: [Error | null, unknown][] | null): unknown[] {
  if (!replies) throw new Error('Redis aborted the transaction.');
  return replies.map(([error, result]) => {
    if (error) throw error;
    return result;
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
