import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, jest, test } from '@jest/globals';
import type { EntryView } from '../../application/ports/queue-view.port.ts';
import { GatheredLooks } from './gathered-looks.ts';

/** Distinguishable, and nothing else. */
const entryOf = (userId: string): EntryView => ({ rank: Number(userId) }) as EntryView;

/** @param given what is to be waited for before each answer */
function looks(answer: (userIds: readonly string[]) => readonly EntryView[] | undefined, given = Promise.resolve()) {
  const made: string[] = [];
  const gathered = new GatheredLooks((concertId, userIds) => {
    made.push(`${concertId}: ${userIds.length}`);
    return given.then(() => answer(userIds));
  });
  return { made, gathered };
}

test('those who ask in one turn are answered by one look for each concert, each with their own entry', async () => {
  const { made, gathered } = looks((userIds) => userIds.map(entryOf));
  const users = Array.from({ length: 10 }, (_, index) => String(index));
  const entries = await Promise.all(users.flatMap((user) => [gathered.entry('a', user), gathered.entry('b', user)]));
  expect(made).toEqual(['a: 10', 'b: 10']);
  expect(entries.map((entry) => entry?.rank)).toEqual(users.flatMap((user) => [Number(user), Number(user)]));
});

test('a later turn looks anew, and no look is for more than 200', async () => {
  const { made, gathered } = looks((userIds) => userIds.map(entryOf));
  await gathered.entry('a', '1');
  await Promise.all(Array.from({ length: 450 }, (_, index) => gathered.entry('a', String(index))));
  expect(made).toEqual(['a: 1', 'a: 200', 'a: 200', 'a: 50']);
});

test('while a look is under way those who ask share the next one, and a look of another concert waits for nobody', async () => {
  const answers: (() => void)[] = [];
  const made: string[] = [];
  const gathered = new GatheredLooks((concertId, userIds) => {
    made.push(`${concertId}: ${userIds.join(' ')}`);
    return new Promise((resolve) => answers.push(() => resolve(userIds.map(entryOf))));
  });
  const first = gathered.entry('a', '1');
  await nextTurn();
  const later = ['2', '3'].map(async (user) => {
    await nextTurn();
    return gathered.entry('a', user);
  });
  const elsewhere = gathered.entry('b', '4');
  await nextTurn();
  await nextTurn();
  expect(made).toEqual(['a: 1', 'b: 4']);
  answers[0]?.();
  await first;
  expect(made).toEqual(['a: 1', 'b: 4', 'a: 2 3']);
  answers[1]?.();
  answers[2]?.();
  expect((await Promise.all([...later, elsewhere])).map((entry) => entry?.rank)).toEqual([2, 3, 4]);
});

test('a look that is not answered keeps others for 20 ms, no longer', async () => {
  jest.useFakeTimers();
  const { made, gathered } = looks((userIds) => userIds.map(entryOf), new Promise(() => undefined));
  void gathered.entry('a', '1');
  jest.advanceTimersByTime(1);
  void gathered.entry('a', '2');
  jest.advanceTimersByTime(19);
  expect(made).toEqual(['a: 1']);
  jest.advanceTimersByTime(1);
  expect(made).toEqual(['a: 1', 'a: 1']);
  jest.useRealTimers();
});

test('a concert without a view, and a look that failed, are told to each', async () => {
  const { gathered } = looks(() => undefined);
  expect(await Promise.all([gathered.entry('a', '1'), gathered.entry('a', '2')])).toEqual([undefined, undefined]);
  const away = looks(() => {
    throw new Error('away');
  }).gathered;
  const outcomes = await Promise.allSettled([away.entry('a', '1'), away.entry('a', '2')]);
  expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
});
