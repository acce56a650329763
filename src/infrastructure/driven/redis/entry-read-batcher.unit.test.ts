import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import type { EntryView } from '../../../application/ports/queue-view.port.ts';
import { EntryReadBatcher } from './entry-read-batcher.ts';

/** Distinguishable, and nothing else. */
const entryOf = (userId: string): EntryView => ({ rank: Number(userId) }) as EntryView;

function looks(answer: (userIds: readonly string[]) => readonly EntryView[] | undefined) {
  const made: string[] = [];
  const gathered = new EntryReadBatcher((concertId, userIds) => {
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

describe('under load', () => {
  beforeEach(() => {
    jest.useFakeTimers();
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  /** A look that is answered when the test says so. */
  function held() {
    const made: string[] = [];
    const answers: (() => void)[] = [];
    const gathered = new EntryReadBatcher((concertId, userIds) => {
      made.push(`${concertId}: ${userIds.join(' ')}`);
      return new Promise((resolve) => answers.push(() => resolve(userIds.map(entryOf))));
    });
    return { made, answers, gathered };
  }

  test('those who ask until the last look is answered and 2 ms old share the next; other concerts do not wait for it', async () => {
    const { made, answers, gathered } = held();
    const entries = [gathered.entry('a', '1')];
    await jest.advanceTimersByTimeAsync(1);
    entries.push(gathered.entry('a', '2'));
    await jest.advanceTimersByTimeAsync(2);
    entries.push(gathered.entry('a', '3'), gathered.entry('b', '4'));
    await jest.advanceTimersByTimeAsync(1);
    expect(made).toEqual(['a: 1', 'b: 4']); // not answered yet
    answers[0]?.();
    await jest.advanceTimersByTimeAsync(0);
    expect(made).toEqual(['a: 1', 'b: 4', 'a: 2 3']);
    answers[2]?.();
    await jest.advanceTimersByTimeAsync(0);
    entries.push(gathered.entry('a', '5'));
    await jest.advanceTimersByTimeAsync(1);
    expect(made).toHaveLength(3); // answered, but not 2 ms old
    await jest.advanceTimersByTimeAsync(1);
    expect(made.at(-1)).toBe('a: 5');
    for (const answer of answers) answer();
    expect((await Promise.all(entries)).map((entry) => entry?.rank)).toEqual([1, 2, 3, 4, 5]);
  });

  test('a look that is not answered keeps others for 4 ms, no longer, and a full one not at all', async () => {
    const { made, gathered } = held();
    void gathered.entry('a', '1');
    await jest.advanceTimersByTimeAsync(1);
    void gathered.entry('a', '2');
    await jest.advanceTimersByTimeAsync(3);
    expect(made).toEqual(['a: 1']);
    await jest.advanceTimersByTimeAsync(1);
    expect(made).toEqual(['a: 1', 'a: 2']);
    for (let user = 0; user < 201; user++) void gathered.entry('a', '3');
    expect(made).toHaveLength(3);
  });
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
