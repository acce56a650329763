import { describe, expect, test } from '@jest/globals';
import * as fixtures from '../../domain/concert-queue.fixtures.ts';
import { ConcertQueue } from '../../domain/concert-queue.ts';
import { QueueError } from '../errors.ts';
import { logThat, shown, viewThat } from '../ports/ports.fixtures.ts';
import type { QueueViewReader } from '../ports/queue-view.port.ts';
import { QueueCache } from '../queries/queue-cache.ts';
import { EarlyRejection } from './early-rejection.ts';

const unavailable = () => Promise.reject(new QueueError('PROJECTION_UNAVAILABLE', 'unavailable'));

/** A queue with `maximumWaiting` 1 in which ann waits. `entryRead` is the result of reading an entry from the view. */
function fullQueue(entryRead: 'current' | 'missing' | 'outdated' | 'unavailable'): EarlyRejection {
  const queue = ConcertQueue.begin(fixtures.configured({ maximumWaiting: 1 }), { offset: 0, timestamp: 1 });
  const outdated = { ...shown(queue), entry: undefined, disqualified: false };
  queue.apply(fixtures.requestedBy('ann'), { offset: 1, timestamp: 1 });
  const reads: Record<typeof entryRead, QueueViewReader['entry']> = {
    current: async (_, userId) => ({ ...shown(queue), entry: queue.entryOf(userId), disqualified: false }),
    missing: async () => undefined,
    outdated: async () => outdated,
    unavailable,
  };
  const view = viewThat({
    queue: async () => shown(queue),
    progress: async () => ({ checkpoint: 1, concertOffset: 1, writtenAt: 0, owner: 'p' }),
    entry: reads[entryRead],
  });
  const log = logThat({ endOffset: async () => 2 });
  return new EarlyRejection(new QueueCache(view, log), view, log);
}

describe('a full queue', () => {
  test('rejects a new user, and no user with an entry', async () => {
    const earlyRejection = fullQueue('current');
    await expect(earlyRejection.check('c1', 'bo')).rejects.toMatchObject({ code: 'QUEUE_FULL' });
    expect(await earlyRejection.check('c1', 'ann')).toMatchObject({ head: { offset: 1 } });
  });

  test.each(['missing', 'outdated', 'unavailable'] as const)(
    'rejects no user while entries cannot be read: the view is %s',
    async (entryRead) => {
      expect(await fullQueue(entryRead).check('c1', 'ann')).toMatchObject({ head: { offset: 1 } });
    },
  );
});
