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
    const entry = { userId: `u${offset}`, entryId: `e${offset}` };
    queue.apply({ ...common, ...entry, type: 'QueueEntryRequested' }, { offset, timestamp: 1 });
  }
  return queue;
}

test('stages four chunks at a time, retries a failed one, and stages later changes after all of them', async () => {
  const queue = queueOf(5_000);
  const stored: (readonly EntryChange[])[] = [];
  let [calls, inFlight, maxInFlight] = [0, 0, 0];
  const view: Pick<QueueViewWriter, 'stage'> = {
    stage: async (_concertId, _generation, changes) => {
      calls += 1;
      const fails = calls === 3;
      inFlight += 1;
      maxInFlight = Math.max(maxInFlight, inFlight);
      if (calls === 1) {
        const after = { state: 'WAITING', userId: 'u1', entryId: 'again', offset: 6_000, place: 6_000 } as const;
        staged.addChanges(Array.from({ length: 501 }, () => after));
      }
      await new Promise((resolve) => setImmediate(resolve));
      inFlight -= 1;
      if (fails) throw new Error('unavailable');
      stored.push(changes);
    },
  };
  const staged = new StagedGeneration(view, CONCERT, queue);
  await staged.stage();
  expect(maxInFlight).toBe(4);
  const users = stored.flat().filter((change) => !('offset' in change) || change.offset <= 5_000);
  expect(new Set(users.map(({ userId }) => userId)).size).toBe(5_000);
  expect(stored.at(-1)?.every((change) => 'offset' in change && change.offset === 6_000)).toBe(true);
  expect(stored.slice(0, -1).flat()).toHaveLength(5_000);
  expect(staged.takePending()).toHaveLength(1);
});
