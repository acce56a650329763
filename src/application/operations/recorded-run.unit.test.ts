import { expect, test } from '@jest/globals';
import { decideAdmission, nextAdmissionAt } from '../../domain/admission-policy.ts';
import { configured, requestedBy } from '../../domain/concert-queue.fixtures.ts';
import { ConcertQueue } from '../../domain/concert-queue.ts';
import type { QueueEvent } from '../../domain/events.generated.ts';
import { RecordedRun } from './recorded-run.ts';

/** Of a queue that may call one a second: each decision so many milliseconds after it was due, and when it was made. */
function decidedLate(latenesses: readonly number[]): { readonly run: RecordedRun; readonly at: readonly number[] } {
  const run = new RecordedRun();
  const begin = configured({ capacity: 100, admissionsPerMinute: 60 });
  const queue = ConcertQueue.begin(begin, { offset: 0, timestamp: 0 });
  let offset = 0;
  const say = (event: QueueEvent, timestamp: number): void => {
    const at = { offset: ++offset, timestamp };
    const effect = queue.apply(event, at);
    run.note({ event, at, effect, queue });
  };
  run.note({ event: begin, at: { offset, timestamp: 0 }, effect: [], queue });
  for (const index of latenesses.keys()) say(requestedBy(`fan-${index}`), 0);
  const at = latenesses.map((late) => {
    const timestamp = nextAdmissionAt(queue) + late;
    const decision = decideAdmission(queue, timestamp, timestamp);
    if (decision?.type !== 'EntriesAdmitted') throw new Error(`nobody is called at ${timestamp}`);
    say({ ...decision, concertId: begin.concertId, occurredAt: timestamp }, timestamp);
    return timestamp;
  });
  return { run, at };
}

/** Another decision than the recorded one, and nearer to it than to the others. */
const soonAfter = (time: number): number => time + 200;

test('one late decision does not change the delay of the decisions around it', () => {
  const { run, at } = decidedLate([20, 20, 20, 900, 20, 20, 20]);
  const late = at.map((time) => run.reaction('EntriesAdmitted', soonAfter(time)).lateMs);
  expect(late).toEqual([20, 20, 20, 20, 20, 20, 20]);
});

test('a recorded decision keeps its recorded delay', () => {
  const lateness = [20, 20, 20, 900, 20];
  const { run, at } = decidedLate(lateness);
  const due = at.map((time, index) => time - (lateness[index] ?? 0));
  expect(due.map((time) => run.met(time)?.lateMs)).toEqual(lateness);
  expect(due.map((time) => run.reaction('EntriesAdmitted', time + 50).lateMs)).toEqual(lateness);
  expect(run.met((due[3] ?? 0) + 50)).toBeUndefined();
});

test('a period of late decisions keeps its delay', () => {
  const { run, at } = decidedLate([20, 20, 20, 20, 300, 300, 300, 300]);
  const [first = 0, last = 0] = [at[0], at.at(-1)];
  expect(run.reaction('EntriesAdmitted', soonAfter(first)).lateMs).toBe(20);
  expect(run.reaction('EntriesAdmitted', soonAfter(last)).lateMs).toBe(300);
});

test('a period without decisions has no delay', () => {
  expect(decidedLate([]).run.reaction('TimePassed', 5)).toMatchObject({ lateMs: 0, behindMs: 0 });
});
