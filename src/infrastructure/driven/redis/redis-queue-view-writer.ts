import { Cluster } from 'ioredis';
import type {
  Advance,
  AdvanceOutcome,
  Generation,
  PartitionCheckpoint,
  QueueViewWriter,
  ViewHead,
} from '../../../application/ports/queue-view.port.ts';
import type { ConcertId, EntryChange, Offset } from '../../../domain/types.ts';
import { changeArguments } from './change-set.ts';
import { checkpointArguments, checkpointOf } from './checkpoint-codec.ts';
import { attributeArguments, HEAD_FIELDS, headArguments, headOf, parseReply } from './head-codec.ts';
import { type LoadedQueue, loadSnapshot } from './load-snapshot.ts';
import type { RedisClient } from './redis-client.ts';
import type { RedisKeys } from './redis-keys.ts';
import { StageSequence } from './stage-sequence.ts';

/** Concerts per round trip. */
const CHUNK_SIZE = 500;

/** Writes the view to Redis by compare-and-set on the head of each concert; the conditions are in scripts/. */
export class RedisQueueViewWriter implements QueueViewWriter {
  readonly #sequence = new StageSequence();

  /** @param owner the writer's name, for display in the checkpoint */
  constructor(
    private readonly redis: RedisClient,
    private readonly keys: RedisKeys,
    private readonly owner: string,
  ) {}

  async heads(concertIds: readonly ConcertId[]): Promise<ReadonlyMap<ConcertId, ViewHead>> {
    const heads = new Map<ConcertId, ViewHead>();
    await this.#inChunks(concertIds, async (concertId) => {
      const head = headOf(await this.redis.hmget(this.keys.head(concertId), ...HEAD_FIELDS));
      if (head) heads.set(concertId, head);
    });
    return heads;
  }

  /** In a cluster, a master may be unavailable that the last writes did not use. */
  async reach(concertIds: readonly ConcertId[]): Promise<void> {
    if (this.redis instanceof Cluster) await this.heads(concertIds);
  }

  load(concertId: ConcertId): Promise<LoadedQueue | undefined> {
    return loadSnapshot(this.redis, this.keys, concertId);
  }

  async advance({
    concertId,
    generation,
    foldVersion,
    from,
    to,
    changes,
    attributes,
  }: Advance): Promise<AdvanceOutcome> {
    const reply = await this.redis.advanceHead(this.keys.concert(concertId, generation), [
      generation,
      String(foldVersion),
      String(from),
      String(to),
      ...attributeArguments(attributes, from),
      ...changeArguments(changes),
    ]);
    const { is, rest } = parseReply(reply);
    if (is === 'applied' || is === 'already') return { is };
    const head = headOf(rest);
    if (is === 'behind') return { is, head };
    if ((is === 'ahead' || is === 'other') && head) return { is, head };
    throw new Error(`advance-head returned ${is}.`);
  }

  async stage(concertId: ConcertId, generation: Generation, changes: readonly EntryChange[]): Promise<void> {
    const { acknowledged, sent } = this.#sequence.next(concertId, generation);
    const reply = await this.redis.stage(
      [...this.keys.concert(concertId, generation), this.keys.staged(concertId, generation)],
      [generation, String(acknowledged), String(sent), ...changeArguments(changes)],
    );
    const { is } = parseReply(reply);
    // A later concurrent call of this writer was stored first: the caller retries.
    if (is === 'late' && this.#sequence.acknowledged(concertId, generation) > sent)
      throw new Error('A later stage call was stored before this one.');
    // `activate` detects and handles every other result.
    if (is === 'staged') this.#sequence.acknowledge(concertId, generation, sent);
  }

  async activate(
    { concertId, generation, foldVersion, to, changes, attributes }: Omit<Advance, 'from'>,
    expected: ViewHead | undefined,
  ): ReturnType<QueueViewWriter['activate']> {
    const reply = await this.redis.activateGeneration(
      [
        ...this.keys.concert(concertId, generation),
        this.keys.staged(concertId, generation),
        ...this.keys.collections(concertId, expected?.generation ?? ''),
      ],
      [
        ...headArguments(expected),
        ...headArguments({ generation, foldVersion, offset: to }),
        ...attributeArguments(attributes),
        String(this.#sequence.acknowledged(concertId, generation)),
        ...changeArguments(changes),
      ],
    );
    const { is, rest } = parseReply(reply);
    if (is === 'changed') return { is, head: headOf(rest) };
    if (is !== 'activated' && is !== 'incomplete') throw new Error(`activate-generation returned ${is}.`);
    this.#sequence.forget(concertId, generation);
    return { is };
  }

  async damaged(expected: ReadonlyMap<ConcertId, ViewHead>): Promise<readonly ConcertId[]> {
    const damaged: ConcertId[] = [];
    await this.#inChunks([...expected], async ([concertId, head]) => {
      const result = await this.redis.checkHead(this.keys.concert(concertId, head.generation), headArguments(head));
      if (result !== 'whole') damaged.push(concertId);
    });
    return damaged;
  }

  async partition(partition: number): Promise<PartitionCheckpoint | undefined> {
    return checkpointOf(await this.redis.hgetall(this.keys.partition(partition)));
  }

  async advancePartition(
    partition: number,
    checkpoint: PartitionCheckpoint,
    after: Offset | 'whole',
  ): ReturnType<QueueViewWriter['advancePartition']> {
    const reply = await this.redis.advancePartition(
      [this.keys.partition(partition)],
      checkpointArguments(checkpoint, this.owner, Date.now(), after),
    );
    const { is } = parseReply(reply);
    if (is === 'applied' || is === 'ahead' || is === 'lost') return is;
    throw new Error(`advance-partition returned ${is}.`);
  }

  /** The client pipelines concurrent commands; chunks limit the size of replies. */
  async #inChunks<T>(all: readonly T[], read: (item: T) => Promise<void>): Promise<void> {
    for (let from = 0; from < all.length; from += CHUNK_SIZE)
      await Promise.all(all.slice(from, from + CHUNK_SIZE).map(read));
  }
}
