import { expect, test } from '@jest/globals';
import { ConcertQueue } from '../../domain/concert-queue.ts';
import type { EntryChange } from '../../domain/types.ts';
import type { QueueViewWriter } from '../ports/queue-view.port.ts';
import { StagedGeneration } from './staged-generation.ts';

const CONCERT = 'c';
const POLICY = {
  capacity: 1,
  admissionsPerMinute: 1,
  claimWindowSeconds: 60,
  activeWindowSeconds: 600,
  maximumWaiting: null,
  minimumBalance: null,
  opensAt: null,
  beforeOpening: 'reject',
  outcomeRetentionSeconds: 86_400,
} as const;

function queueOf(users: number): ConcertQueue {
  const common = { concertId: CONCERT, occurredAt: 1 };
  const configured = {
    ...common,
    type: 'QueueConfigured',
    policy: POLICY,
    drawNonce: null,
    drawCommitment: null,
  } as const;
  const queue = ConcertQueue.begin(configured, { offset: 0, timestamp: 1 });
  for (let offset = 1; offset <= users; offset++) {
    const who = { userId: `u${offset}`, entryId: `e${offset}` };
    queue.apply({ ...common, ...who, type: 'QueueEntryRequested' }, { offset, timestamp: 1 });
  }
  return queue;
}

test('several pieces are under way at once, one that fails is made again, and what changed meanwhile follows them all', async () => {
  const queue = queueOf(5_000);
  const stored: (readonly EntryChange[])[] = [];
  let [calls, under, most] = [0, 0, 0];
  const view: Pick<QueueViewWriter, 'stage'> = {
    stage: async (_concertId, _generation, changes) => {
      calls += 1;
      const fails = calls === 3;
      under += 1;
      most = Math.max(most, under);
      if (calls === 1) {
        const after = { state: 'WAITING', userId: 'u1', entryId: 'again', offset: 6_000, place: 6_000 } as const;
        staged.add(Array.from({ length: 501 }, () => after));
      }
      await new Promise((resolve) => setImmediate(resolve));
      under -= 1;
      if (fails) throw new Error('away');
      stored.push(changes);
    },
  };
  const staged = new StagedGeneration(view, CONCERT, queue);
  await staged.stage();
  expect(most).toBe(4);
  const users = stored.flat().filter((change) => !('offset' in change) || change.offset <= 5_000);
  expect(new Set(users.map(({ userId }) => userId)).size).toBe(5_000);
  expect(stored.at(-1)?.every((change) => 'offset' in change && change.offset === 6_000)).toBe(true);
  expect(stored.slice(0, -1).flat()).toHaveLength(5_000);
  expect(staged.take()).toHaveLength(1);
});
