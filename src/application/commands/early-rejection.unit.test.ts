import { describe, expect, test } from '@jest/globals';
import * as fixtures from '../../domain/concert-queue.fixtures.ts';
import { ConcertQueue } from '../../domain/concert-queue.ts';
import { QueueError } from '../errors.ts';
import { logThat, shown, viewThat } from '../ports/ports.fixtures.ts';
import type { QueueViewReader } from '../ports/queue-view.port.ts';
import { QueueCache } from '../queries/queue-cache.ts';
import { EarlyRejection } from './early-rejection.ts';

const away = () => Promise.reject(new QueueError('PROJECTION_UNAVAILABLE', 'away'));

/** A queue that is full with ann, as the view shows it; `entry` is how the view answers who asks for one entry. */
function fullQueue(entry: 'shown' | 'lost' | 'set back' | 'away'): EarlyRejection {
  const queue = ConcertQueue.begin(fixtures.configured({ maximumWaiting: 1 }), { offset: 0, timestamp: 1 });
  const set = { ...shown(queue), entry: undefined, disqualified: false };
  queue.apply(fixtures.requestedBy('ann'), { offset: 1, timestamp: 1 });
  const answers: Record<typeof entry, QueueViewReader['entry']> = {
    shown: async (_, userId) => ({ ...shown(queue), entry: queue.entryOf(userId), disqualified: false }),
    lost: async () => undefined,
    'set back': async () => set,
    away,
  };
  const view = viewThat({
    queue: async () => shown(queue),
    progress: async () => ({ checkpoint: 1, concertOffset: 1, writtenAt: 0, owner: 'p' }),
    entry: answers[entry],
  });
  const log = logThat({ endOffset: async () => 2 });
  return new EarlyRejection(new QueueCache(view, log), view);
}

describe('a full queue', () => {
  test('refuses a newcomer, and nobody who has a place', async () => {
    const courtesy = fullQueue('shown');
    await expect(courtesy.check('c1', 'bo')).rejects.toMatchObject({ code: 'QUEUE_FULL' });
    expect(await courtesy.check('c1', 'ann')).toMatchObject({ head: { offset: 1 } });
  });

  test.each(['lost', 'set back', 'away'] as const)(
    'refuses nobody while it cannot be seen who has a place: the view is %s',
    async (entry) => {
      expect(await fullQueue(entry).check('c1', 'ann')).toMatchObject({ head: { offset: 1 } });
    },
  );
});
