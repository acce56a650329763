import { describe, expect, test } from '@jest/globals';
import * as fixtures from '../../domain/concert-queue.fixtures.ts';
import { given } from '../../domain/concert-queue.fixtures.ts';
import type { QueueEvent } from '../../domain/events.generated.ts';
import { shown, viewThat } from '../ports/ports.fixtures.ts';
import { VerifyAdmissionHandler } from './verify-admission.handler.ts';
import { VerifyAdmission } from './verify-admission.query.ts';

const admission = { userId: 'ann', concertId: 'spring-tour', offset: 1, activeUntil: 0 };
// Deadlines count from the log's clock, which in these tests starts in 1970.
const opened = fixtures.configured({ activeWindowSeconds: 7 * 86_400 * 10_000 });
const active = [opened, fixtures.requestedBy('ann'), fixtures.admittedUpTo(1), fixtures.claimedBy('ann', 1)];

function verify(events: readonly QueueEvent[], requested?: string, now?: number) {
  const queue = events.length > 0 ? given(...events) : undefined;
  const view = viewThat({
    entry: async (_, userId) => queue && { ...shown(queue), entry: queue.entryOf(userId), disqualified: false },
  });
  return new VerifyAdmissionHandler(view, { now: () => now }).execute(new VerifyAdmission(admission, requested));
}

describe('an admission is valid', () => {
  test('while it is ACTIVE, with and without a concert in the request', async () => {
    await expect(verify(active)).resolves.toBeUndefined();
    await expect(verify(active, 'spring-tour')).resolves.toBeUndefined();
  });

  test('by log time, not by the clock of the process', async () => {
    const past = [fixtures.configured(), ...active.slice(1)];
    await expect(verify(past, undefined, Date.now())).rejects.toMatchObject({ code: 'FORBIDDEN' });
    await expect(verify(past, undefined, 1)).resolves.toBeUndefined();
    await expect(verify(past)).resolves.toBeUndefined();
  });

  test('not for another concert', () => expect(verify(active, 'c2')).rejects.toMatchObject({ code: 'FORBIDDEN' }));

  test.each<[string, QueueEvent[]]>([
    ['completed', [...active, fixtures.completedBy('ann', 1)]],
    ['left', [...active, fixtures.leftBy('ann', 1)]],
    ['disqualified', [...active, fixtures.disqualifiedUser('ann')]],
    ['past its end, though nobody said so', [fixtures.configured(), ...active.slice(1)]],
    [
      'of an earlier life',
      [
        ...active,
        fixtures.leftBy('ann', 1),
        fixtures.requestedBy('ann', '2'),
        fixtures.admittedUpTo(5),
        fixtures.claimedBy('ann', 5),
      ],
    ],
    ['forgotten', [opened, fixtures.requestedBy('bo')]],
  ])('not when it is %s', (_, events) =>
    expect(verify(events, undefined, Date.now())).rejects.toMatchObject({ code: 'FORBIDDEN' }),
  );

  test.each<[string, QueueEvent[]]>([
    ['is being rebuilt', []],
    ['was set back to before its request', [opened]],
    ['was set back to when it waited', [opened, ...fixtures.annWaits]],
    ['was set back to when it was called', [opened, ...fixtures.annIsReady]],
  ])('neither way while the view %s', (_, events) =>
    expect(verify(events)).rejects.toMatchObject({ code: 'PROJECTION_UNAVAILABLE', retryAfterSeconds: 1 }),
  );
});
