import { QueueError } from '../../../application/errors.ts';
import type {
  EntryView,
  Generation,
  PartitionState,
  QueueViewReader,
  ViewHead,
} from '../../../application/ports/queue-view.port.ts';
import type { QueueAttributes } from '../../../domain/queue-snapshot.ts';
import type { ConcertId, LogTime, Offset, UserId } from '../../../domain/types.ts';
import { withTimeout } from '../../../lib/timeout.ts';
import { deadLetterFields, isConcertField, PARTITION_STATE_FIELDS, partitionStateOf } from './checkpoint-codec.ts';
import { decodeEntry } from './entry-codec.ts';
import { EntryReadBatcher } from './entry-read-batcher.ts';
import { attributesOf, HEAD_FIELDS, headOf, parseReply, QUEUE_FIELDS } from './head-codec.ts';
import type { RedisClient } from './redis-client.ts';
import type { RedisKeys } from './redis-keys.ts';

/** When the cache is full, it is cleared. */
const MAX_CACHED_GENERATIONS = 10_000;
const READ_TIMEOUT_MS = 1_000;
/** A generation may be replaced while it is read, but not this often in a row. */
const MAX_ATTEMPTS = 3;

/** Reads the view from Redis. A damaged view is reported as unavailable; partial data is never returned. */
export class RedisQueueViewReader implements QueueViewReader {
  readonly #generations = new Map<ConcertId, Generation>();
  readonly #batcher = new EntryReadBatcher((concertId, userIds) => this.entries(concertId, userIds));

  constructor(
    private readonly redis: RedisClient,
    private readonly keys: RedisKeys,
  ) {}

  queue(concertId: ConcertId): Promise<{ readonly head: ViewHead; readonly attributes: QueueAttributes } | undefined> {
    return this.#readWithTimeout(async () => {
      const fields = await this.redis.hmget(this.keys.head(concertId), ...HEAD_FIELDS, ...QUEUE_FIELDS);
      const head = headOf(fields);
      const attributes = attributesOf(fields.slice(HEAD_FIELDS.length));
      return head && attributes ? { head, attributes } : undefined;
    });
  }

  entry(concertId: ConcertId, userId: UserId): Promise<EntryView | undefined> {
    return this.#batcher.entry(concertId, userId);
  }

  entries(concertId: ConcertId, userIds: readonly UserId[]): Promise<readonly EntryView[] | undefined> {
    // No timer per read: the client's command timeout limits each attempt to 1 s.
    return this.#orUnavailable(async () => {
      for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
        const generation = this.#generations.get(concertId) ?? '';
        const reply = await this.redis.readEntries(this.keys.concert(concertId, generation), [generation, ...userIds]);
        const { is, rest } = parseReply(reply);
        if (is === 'missing') return undefined;
        if (is === 'entries') return entriesOf(userIds, generation, rest);
        if (is !== 'other') throw new Error(`The view of ${concertId} is ${is}.`);
        this.#cacheGeneration(concertId, String(rest[0]));
      }
      throw new Error(`The view of ${concertId} was replaced during every attempt to read it.`);
    });
  }

  progress(partition: number, concertId: ConcertId): Promise<PartitionState | undefined> {
    return this.#readWithTimeout(async () =>
      partitionStateOf(await this.redis.hmget(this.keys.partition(partition), ...PARTITION_STATE_FIELDS, concertId)),
    );
  }

  deadLetter(partition: number, offset: Offset): Promise<LogTime | undefined> {
    return this.#readWithTimeout(async () => {
      const timestamps = await this.redis.hmget(this.keys.partition(partition), ...deadLetterFields(offset));
      const timestamp = timestamps.find((value) => typeof value === 'string');
      return timestamp ? Number(timestamp) : undefined;
    });
  }

  concerts(partition: number): Promise<readonly ConcertId[] | undefined> {
    return this.#readWithTimeout(async () => {
      const fields = await this.redis.hkeys(this.keys.partition(partition));
      return fields.length === 0 ? undefined : fields.filter(isConcertField).toSorted();
    });
  }

  ping(): Promise<void> {
    return this.#readWithTimeout(async () => void (await this.redis.ping()));
  }

  #readWithTimeout<T>(read: () => Promise<T>): Promise<T> {
    return this.#orUnavailable(() => withTimeout(READ_TIMEOUT_MS, 'Reading from Redis', read()));
  }

  async #orUnavailable<T>(read: () => Promise<T>): Promise<T> {
    try {
      return await read();
    } catch (cause) {
      throw new QueueError('PROJECTION_UNAVAILABLE', 'The view of the queues is not available at the moment.', {
        cause,
        retryAfterSeconds: 1,
      });
    }
  }

  #cacheGeneration(concertId: ConcertId, generation: Generation): void {
    if (this.#generations.size >= MAX_CACHED_GENERATIONS) this.#generations.clear();
    this.#generations.set(concertId, generation);
  }
}

/** Parses the reply of scripts/read-entries.lua. @throws Error if an entry and its rank contradict each other */
function entriesOf(userIds: readonly UserId[], generation: Generation, fields: readonly unknown[]): EntryView[] {
  const [fold, offset, text, ...rest] = fields;
  const head = headOf([generation, fold, offset]);
  const attributes = attributesOf([text]);
  if (!head || !attributes) throw new Error('The view of a queue is damaged.');
  return userIds.map((userId, index) => {
    const [encoded, disqualified, rank] = rest.slice(3 * index, 3 * index + 3);
    const entry = typeof encoded === 'string' ? decodeEntry(userId, encoded) : undefined;
    const isDecoded = (entry !== undefined) === (typeof encoded === 'string');
    if (!isDecoded || (entry?.state === 'WAITING') !== (typeof rank === 'number'))
      throw new Error('The view of an entry is damaged.');
    return { head, attributes, entry, disqualified: disqualified === 1, ...(typeof rank === 'number' && { rank }) };
  });
}
