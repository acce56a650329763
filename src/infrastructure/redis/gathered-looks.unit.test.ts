import { expect, test } from '@jest/globals';
import type { EntryView } from '../../application/ports/queue-view.port.ts';
import { GatheredLooks } from './gathered-looks.ts';

/** Distinguishable, and nothing else. */
const entryOf = (userId: string): EntryView => ({ rank: Number(userId) }) as EntryView;

function looks(answer: (userIds: readonly string[]) => readonly EntryView[] | undefined) {
  const made: string[] = [];
  const gathered = new GatheredLooks((concertId, userIds) => {
    made.push(`${concertId}: ${userIds.length}`);
    return Promise.resolve().then(() => answer(userIds));
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

test('a concert without a view, and a look that failed, are told to each', async () => {
  const { gathered } = looks(() => undefined);
  expect(await Promise.all([gathered.entry('a', '1'), gathered.entry('a', '2')])).toEqual([undefined, undefined]);
  const away = looks(() => {
    throw new Error('away');
  }).gathered;
  const outcomes = await Promise.allSettled([away.entry('a', '1'), away.entry('a', '2')]);
  expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
});
