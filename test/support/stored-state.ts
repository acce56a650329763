/** Reads the whole view of an installation and compares it with the log. */
import { canonicalState } from '../../src/domain/canonical-state.ts';
import type { ConcertId, Offset, UserId } from '../../src/domain/types.ts';
import { connectRedis, untilReady } from '../../src/infrastructure/driven/redis/redis-client.ts';
import { RedisKeys } from '../../src/infrastructure/driven/redis/redis-keys.ts';
import { RedisQueueViewWriter } from '../../src/infrastructure/driven/redis/redis-queue-view-writer.ts';
import { eventually } from './eventually.ts';
import { foldEvents, type LoggedEvent, readEvents, stateOf } from './fold.ts';
import type { Installation } from './installation.ts';
import { type LocalSource, withServer } from './local-log.ts';

export interface StoredQueue {
  readonly offset: Offset;
  readonly state: string;
  /** Waiting users in the order of their positions. */
  readonly waiting: readonly UserId[];
}

/**
 * The wanted queues of all partition checkpoints. A busy queue can only be read while no event changes it. Throws while a queue
 * is missing or incomplete.
 */
export function storedQueues(
  installation: Installation,
  isWanted: (concertId: ConcertId) => boolean = () => true,
): Promise<ReadonlyMap<ConcertId, StoredQueue>> {
  return installation.local ? inMemory(installation, installation.local, isWanted) : inRedis(installation, isWanted);
}

/** Read from the server that has them in memory. */
function inMemory(
  { partitions }: Installation,
  local: LocalSource,
  isWanted: (concertId: ConcertId) => boolean,
): Promise<ReadonlyMap<ConcertId, StoredQueue>> {
  return withServer(local, async (server) => {
    const queues = new Map<ConcertId, StoredQueue>();
    for (let partition = 0; partition < partitions; partition++) {
      const record = await server.call('view.partition', partition);
      if (!record) throw new Error(`the record of partition ${partition} is missing`);
      for (const [concertId, recorded] of record.concerts) {
        if (!isWanted(concertId)) continue;
        const part = await server.call('view.part', concertId);
        if (typeof part === 'string') throw new Error(`${concertId} is ${part}`);
        const { head, attributes, disqualified, waiting } = part;
        const { offset } = head;
        if (offset < recorded) throw new Error(`${concertId} is at ${offset}, recorded is ${recorded}`);
        const entries = [...part.entries.values()].filter((entry) => typeof entry !== 'string');
        const state = canonicalState({ offset, attributes, entries, disqualified });
        queues.set(concertId, { offset, state, waiting: [...waiting.keys()] });
      }
    }
    return queues;
  });
}

async function inRedis(
  installation: Installation,
  isWanted: (concertId: ConcertId) => boolean,
): Promise<ReadonlyMap<ConcertId, StoredQueue>> {
  const redis = connectRedis(installation.redisSettings, 'write', () => undefined);
  const keys = new RedisKeys(installation.prefix);
  const view = new RedisQueueViewWriter(redis, keys, 'test');
  /** The queue at one offset; undefined: missing or incomplete; false: the head has moved meanwhile. */
  const read = async (concertId: ConcertId): Promise<StoredQueue | undefined | false> => {
    const loaded = await view.load(concertId);
    if (!loaded) return undefined;
    const { head, snapshot } = loaded;
    const waiting = await redis.zrange(keys.waiting(concertId, head.generation), '0', '-1');
    const after = (await view.heads([concertId])).get(concertId);
    if (after?.offset !== head.offset || after.generation !== head.generation) return false;
    return { offset: head.offset, state: canonicalState(snapshot), waiting };
  };
  const queues = new Map<ConcertId, StoredQueue>();
  try {
    await untilReady(redis, 5_000);
    for (let partition = 0; partition < installation.partitions; partition++) {
      const record = await view.partition(partition);
      if (!record) throw new Error(`the record of partition ${partition} is missing`);
      for (const [concertId, recorded] of record.concerts) {
        if (!isWanted(concertId)) continue;
        const queue = await eventually(() => read(concertId), { within: 5_000, every: 5 });
        if (!queue) throw new Error(`${concertId} is missing or not whole`);
        if (queue.offset < recorded) throw new Error(`${concertId} is at ${queue.offset}, recorded is ${recorded}`);
        queues.set(concertId, queue);
      }
    }
  } finally {
    redis.disconnect();
  }
  return queues;
}

/**
 * Waits until the current records are projected, and compares the stored state of every queue byte for byte with a fold of the
 * topic from its first record. Reads the topic with other clients than those of the product.
 *
 * @returns the events of the log
 */
export async function expectStoredEqualsFold(
  installation: Installation,
  withinMs = 30_000,
): Promise<readonly LoggedEvent[]> {
  const events = await readEvents(installation);
  const now = foldEvents(events);
  const stored = await eventually(
    async () => {
      const queues = await storedQueues(installation);
      for (const [concertId, { offset }] of now) {
        const at = queues.get(concertId)?.offset ?? -1;
        if (at < offset) throw new Error(`${concertId} is projected to ${at}, the log holds ${offset}`);
      }
      return queues;
    },
    { within: withinMs, every: 200 },
  );
  const isNewer = [...stored].some(([concertId, { offset }]) => offset > (now.get(concertId)?.offset ?? -1));
  const upTo = new Map([...stored].map(([concertId, { offset }]) => [concertId, offset]));
  const folded = foldEvents(isNewer ? await readEvents(installation) : events, upTo);
  for (const [concertId, { state, waiting }] of stored) {
    const queue = folded.get(concertId);
    if (!queue) throw new Error(`${concertId} is stored but was never configured`);
    requireSame(concertId, state, stateOf(queue));
    const front = Array.from(queue.waitingEntries(), ({ userId }) => userId);
    if (waiting.join() !== front.join()) throw new Error(`${concertId}: the waiting users are in another order`);
  }
  return events;
}

/** Reports the first line that differs. */
function requireSame(concertId: ConcertId, stored: string, folded: string): void {
  if (stored === folded) return;
  const [ours, theirs] = [stored.split('\n'), folded.split('\n')];
  const at = ours.findIndex((line, index) => line !== theirs[index]);
  const around = (lines: string[]): string => lines.slice(Math.max(0, at - 4), at + 4).join('\n');
  throw new Error(`${concertId}: stored\n${around(ours)}\nfolded\n${around(theirs)}`);
}
