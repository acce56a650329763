import { describe, expect, test } from '@jest/globals';
import { queueViewSuite } from '../../../application/ports/queue-view.contract.ts';
import type { QueueViewUnderTest, ViewDamage } from '../../../application/ports/queue-view.fixtures.ts';
import { ReferenceView, waits } from '../../../application/ports/queue-view-model.contract.ts';
import type { ConcertId } from '../../../domain/types.ts';
import { MemoryQueueViewInspector } from './memory-queue-view-inspector.ts';
import { MemoryQueueViewReader } from './memory-queue-view-reader.ts';
import { MemoryQueueViewWriter } from './memory-queue-view-writer.ts';
import { type Collections, MemoryView } from './memory-view.ts';

const WRITER = 'one';

async function viewInMemory(): Promise<QueueViewUnderTest> {
  const view = new MemoryView();
  return {
    writer: new MemoryQueueViewWriter(view, WRITER),
    other: new MemoryQueueViewWriter(view, 'other'),
    reader: new MemoryQueueViewReader(view),
    damage: damageTo(view),
    remains: async (concertId, generation) => {
      if (view.concerts.get(concertId)?.head.generation === generation) return Infinity;
      return view.stagedTtlSeconds(concertId, generation);
    },
    close: async () => undefined,
  };
}

function damageTo(view: MemoryView): ViewDamage {
  const collections = (concertId: ConcertId, generation: string): Collections => {
    const stored = view.concerts.get(concertId);
    const found =
      stored?.head.generation === generation ? stored.collections : view.staged(WRITER, concertId, generation);
    if (!found) throw new Error('the generation does not exist');
    return found;
  };
  return {
    loseHead: async (concertId) => void view.concerts.delete(concertId),
    loseEntries: async (concertId, generation) => collections(concertId, generation).entries.clear(),
    loseEntry: async (concertId, generation, userId) => void collections(concertId, generation).entries.delete(userId),
    loseWaiting: async (concertId, generation, userId) => {
      const { entries, waiting } = collections(concertId, generation);
      const entry = entries.get(userId);
      if (entry?.state === 'WAITING') waiting.delete(entry.place);
    },
    rollBack: async (concertId, offset) => {
      const stored = view.concerts.get(concertId);
      if (stored) stored.head = { ...stored.head, offset };
    },
    losePartition: async (partition) => void view.partitions.delete(partition),
  };
}

describe('the view in memory', () => {
  queueViewSuite(viewInMemory);

  test('returns a concert to the inspector as one part, waiting entries in order', async () => {
    const view = new MemoryView();
    const writer = new MemoryQueueViewWriter(view, WRITER);
    const inspector = new MemoryQueueViewInspector(view);
    expect(await inspector.part('a')).toBe('missing');
    const model = new ReferenceView([
      waits('bo', 2),
      waits('ann', 1),
      { state: 'USER_DISQUALIFIED', userId: 'mallory' },
    ]);
    await writer.activate(model.completion(), undefined);
    const part = await inspector.part(model.concertId);
    if (typeof part === 'string') throw new Error(part);
    expect(part).toMatchObject({
      head: model.head,
      sizes: { entries: 2, waiting: 2, disqualified: 1 },
      next: undefined,
    });
    expect([...part.waiting]).toEqual([
      ['ann', 1],
      ['bo', 2],
    ]);
    const former = { generation: 'former', collection: 'entries', at: '0' } as const;
    expect(await inspector.part(model.concertId, former)).toBe('replaced');
  });
});
