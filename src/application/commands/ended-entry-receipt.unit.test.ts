import { describe, expect, test } from '@jest/globals';
import * as fixtures from '../../domain/concert-queue.fixtures.ts';
import { ConcertQueue } from '../../domain/concert-queue.ts';
import type { QueueEvent } from '../../domain/events.generated.ts';
import { QueueError } from '../errors.ts';
import type { EventLog } from '../ports/event-log.port.ts';
import type { QueueViewReader } from '../ports/queue-view.port.ts';
import { CompleteAdmissionHandler } from './complete-admission.handler.ts';
import { LeaveQueueHandler } from './leave-queue.handler.ts';

const called = [fixtures.requestedBy('ann'), fixtures.admittedUpTo(1)];
const active = [...called, fixtures.claimedBy('ann', 1)];
const claims = { concertId: 'c1', userId: 'ann', partition: 0, offset: 1 };

/** A log that counts its appends, and a view at the end of these events. */
function system(events: readonly QueueEvent[], view: 'available' | 'unavailable' = 'available') {
  const [first, ...rest] = [fixtures.configured(), ...events];
  if (first?.type !== 'QueueConfigured') throw new Error('a queue begins with its configuration');
  const queue = ConcertQueue.begin(first, { offset: 0, timestamp: 0 });
  for (const [index, event] of rest.entries()) queue.apply(event, { offset: index + 1, timestamp: (index + 1) * 1000 });
  const appended: QueueEvent[] = [];
  const log = {
    topic: 't',
    partitionOf: () => 0,
    append: async (event: QueueEvent) => {
      appended.push(event);
      return { topic: 't', partition: 0, offset: 99, timestamp: 0 };
    },
  } as unknown as EventLog;
  const reader = {
    entry: async (_: string, userId: string) => {
      if (view === 'unavailable') throw new QueueError('PROJECTION_UNAVAILABLE', 'away');
      const head = { generation: 'g', foldVersion: 2, offset: queue.offset };
      return { head, attributes: queue.attributes(), entry: queue.entryOf(userId), disqualified: false };
    },
    deadLetter: async () => undefined,
  } as unknown as QueueViewReader;
  return { log, reader, appended };
}

const complete = ({ log, reader }: ReturnType<typeof system>) =>
  new CompleteAdmissionHandler(log, reader).execute({ admission: { ...claims, activeUntil: 0 } } as never);
const leave = ({ log, reader }: ReturnType<typeof system>) =>
  new LeaveQueueHandler(log, reader).execute({ token: claims } as never);

describe.each([
  ['completing', complete],
  ['leaving', leave],
])('%s', (_, command) => {
  test.each([
    ['completed', [...active, fixtures.completedBy('ann', 1)]],
    ['left', [...called, fixtures.leftBy('ann', 1)]],
    ['disqualified', [...active, fixtures.disqualifiedUser('ann')]],
  ])('appends nothing once the view shows that the entry was %s', async (_state, events) => {
    const here = system(events);
    expect(await command(here)).toEqual({ topic: 't', partition: 0, offset: 1 });
    expect(here.appended).toEqual([]);
  });

  test('appends while the entry is live', async () => {
    const here = system(active);
    expect((await command(here)).offset).toBe(99);
    expect(here.appended).toHaveLength(1);
  });

  test('appends while the view is unavailable', async () => {
    const here = system([...active, fixtures.completedBy('ann', 1)], 'unavailable');
    await command(here);
    expect(here.appended).toHaveLength(1);
  });

  test('with a token of an earlier entry appends nothing and does not change the current entry', async () => {
    const here = system([...called, fixtures.leftBy('ann', 1), fixtures.requestedBy('ann', 'again')]);
    await command(here);
    expect(here.appended).toEqual([]);
  });
});
