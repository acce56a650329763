import { expect, test } from '@jest/globals';
import { configured, given, leftBy, opened, requestedBy, seconds } from '../../domain/concert-queue.fixtures.ts';
import type { ConcertQueue } from '../../domain/concert-queue.ts';
import { logThat, shown, viewThat } from '../ports/ports.fixtures.ts';
import { EntryStatus } from './entry-status.ts';

const { concertId } = configured();
const brief = configured({ outcomeRetentionSeconds: 3 });
const [other, again] = [requestedBy('bo'), requestedBy('ann', 'again')];

/** The state that the API shows for ann's request at offset 1, a dead letter of second 1. */
async function statusOf(queue: ConcertQueue): Promise<string> {
  const view = viewThat({ deadLetter: async () => seconds(1) });
  const seen = { ...shown(queue), entry: queue.entryOf('ann'), disqualified: false };
  const token = { userId: 'ann', concertId, partition: 0, offset: 1 };
  return (await new EntryStatus(logThat({}), view).inQueue(token, seen)).state;
}

test.each([
  ['PENDING while it can be redriven', given(opened, other, other), 'PENDING'],
  ['LEFT if its receipt is too old', given(brief, other, other, other, other), 'LEFT'],
  ['LEFT if its user has left later', given(opened, other, again, leftBy('ann', 2)), 'LEFT'],
])('a dead letter is %s', async (_, queue, expected) => {
  expect(await statusOf(queue)).toBe(expected);
});
