import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import type { EntryView } from '../../../application/ports/queue-view.port.ts';
import { EntryReadBatcher } from './entry-read-batcher.ts';

/** An entry that only its rank identifies. */
const entryOf = (userId: string): EntryView => ({ rank: Number(userId) }) as EntryView;

function batcherOf(result: (userIds: readonly string[]) => readonly EntryView[] | undefined) {
  const calls: string[] = [];
  const batcher = new EntryReadBatcher((concertId, userIds) => {
    calls.push(`${concertId}: ${userIds.length}`);
    return Promise.resolve().then(() => result(userIds));
  });
  return { calls, batcher };
}

test('reads made in one turn become one call per concert, and each caller gets its own entry', async () => {
  const { calls, batcher } = batcherOf((userIds) => userIds.map(entryOf));
  const users = Array.from({ length: 10 }, (_, index) => String(index));
  const entries = await Promise.all(users.flatMap((user) => [batcher.entry('a', user), batcher.entry('b', user)]));
  expect(calls).toEqual(['a: 10', 'b: 10']);
  expect(entries.map((entry) => entry?.rank)).toEqual(users.flatMap((user) => [Number(user), Number(user)]));
});

test('reads of a later turn are a new call, and no call reads more than 200 entries', async () => {
  const { calls, batcher } = batcherOf((userIds) => userIds.map(entryOf));
  await batcher.entry('a', '1');
  await Promise.all(Array.from({ length: 450 }, (_, index) => batcher.entry('a', String(index))));
  expect(calls).toEqual(['a: 1', 'a: 200', 'a: 200', 'a: 50']);
});

describe('under load', () => {
  beforeEach(() => {
    jest.useFakeTimers();
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  /** Calls complete when the test calls their completion. */
  function controlled() {
    const calls: string[] = [];
    const completions: (() => void)[] = [];
    const batcher = new EntryReadBatcher((concertId, userIds) => {
      calls.push(`${concertId}: ${userIds.join(' ')}`);
      return new Promise((resolve) => completions.push(() => resolve(userIds.map(entryOf))));
    });
    return { calls, completions, batcher };
  }

  test('a batch collects reads until the previous one is completed and 2 ms old, for each concert separately', async () => {
    const { calls, completions, batcher } = controlled();
    const entries = [batcher.entry('a', '1')];
    await jest.advanceTimersByTimeAsync(1);
    entries.push(batcher.entry('a', '2'));
    await jest.advanceTimersByTimeAsync(2);
    entries.push(batcher.entry('a', '3'), batcher.entry('b', '4'));
    await jest.advanceTimersByTimeAsync(1);
    expect(calls).toEqual(['a: 1', 'b: 4']); // not completed yet
    completions[0]?.();
    await jest.advanceTimersByTimeAsync(0);
    expect(calls).toEqual(['a: 1', 'b: 4', 'a: 2 3']);
    completions[2]?.();
    await jest.advanceTimersByTimeAsync(0);
    entries.push(batcher.entry('a', '5'));
    await jest.advanceTimersByTimeAsync(1);
    expect(calls).toHaveLength(3); // completed, but not 2 ms old
    await jest.advanceTimersByTimeAsync(1);
    expect(calls.at(-1)).toBe('a: 5');
    for (const complete of completions) complete();
    expect((await Promise.all(entries)).map((entry) => entry?.rank)).toEqual([1, 2, 3, 4, 5]);
  });

  test('a batch waits at most 4 ms for an incomplete one, and a full batch does not wait', async () => {
    const { calls, batcher } = controlled();
    void batcher.entry('a', '1');
    await jest.advanceTimersByTimeAsync(1);
    void batcher.entry('a', '2');
    await jest.advanceTimersByTimeAsync(3);
    expect(calls).toEqual(['a: 1']);
    await jest.advanceTimersByTimeAsync(1);
    expect(calls).toEqual(['a: 1', 'a: 2']);
    for (let user = 0; user < 201; user++) void batcher.entry('a', '3');
    expect(calls).toHaveLength(3);
  });
});

test('every caller receives a missing view or the failure of its batch', async () => {
  const { batcher } = batcherOf(() => undefined);
  expect(await Promise.all([batcher.entry('a', '1'), batcher.entry('a', '2')])).toEqual([undefined, undefined]);
  const failing = batcherOf(() => {
    throw new Error('unavailable');
  }).batcher;
  const outcomes = await Promise.allSettled([failing.entry('a', '1'), failing.entry('a', '2')]);
  expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
});
