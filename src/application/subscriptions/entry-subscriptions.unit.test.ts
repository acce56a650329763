import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import * as fixtures from '../../domain/concert-queue.fixtures.ts';
import { Scene } from './entry-subscriptions.fixtures.ts';

beforeEach(() => {
  jest.useFakeTimers();
});
afterEach(() => {
  expect(jest.getTimerCount()).toBe(0); // nothing is looked for on behalf of nobody
  jest.useRealTimers();
});
const pass = (ms: number) => jest.advanceTimersByTimeAsync(ms);

describe('a follower', () => {
  test('is told how the entry is, and each change up to the last word', async () => {
    const scene = new Scene(fixtures.configured(), fixtures.requestedBy('ann'));
    const ann = scene.follow('ann', 1);
    expect(ann.told).toEqual([]);
    await pass(10);
    expect(ann.states()).toEqual(['WAITING 1']);
    for (const event of [fixtures.admittedUpTo(1), fixtures.claimedBy('ann', 1), fixtures.completedBy('ann', 1)]) {
      scene.happens(event);
      await pass(250);
    }
    expect(ann.states()).toEqual(['WAITING 1', 'READY', 'ACTIVE', 'COMPLETED']);
    expect(ann.told.map(({ projectedOffset }) => projectedOffset)).toEqual([1, 2, 3, 4]);
    expect(ann.ended).toEqual(['over']);
    expect(scene.live.followers).toBe(0);
  });

  test('is told nothing twice', async () => {
    const scene = new Scene(fixtures.configured(), fixtures.requestedBy('ann'));
    const ann = scene.follow('ann', 1);
    await pass(10);
    for (const fan of ['bo', 'cy', 'dee']) {
      scene.happens(fixtures.requestedBy(fan));
      await pass(1_500);
    }
    expect(ann.states()).toEqual(['WAITING 1']);
    ann.leave();
  });

  test('waits for a request that is not projected yet, and for a concert that nobody has configured', async () => {
    const scene = new Scene(fixtures.configured());
    const late = scene.follow('ann', 1);
    await pass(10);
    expect(late.states()).toEqual(['PENDING']);
    scene.happens(fixtures.requestedBy('ann'));
    await pass(250);
    expect(late.states()).toEqual(['PENDING', 'WAITING 1']);
    late.leave();

    const nowhere = new Scene();
    const one = nowhere.follow('ann', 3);
    await pass(300);
    expect(one.states()).toEqual(['PENDING']);
    nowhere.endOfLog = 4;
    await pass(250);
    expect([one.states(), one.ended, one.told.at(-1)?.rejectedBecause]).toEqual([
      ['PENDING', 'REJECTED'],
      ['over'],
      'QUEUE_NOT_OPEN',
    ]);
  });

  test('hears of positions once a second, and of the own call at once', async () => {
    const scene = new Scene(fixtures.configured({ capacity: 100 }), ...fixtures.requestedByFans(50));
    const last = scene.follow('fan 49', 50);
    await pass(10);
    for (let fan = 0; fan < 40; fan++) {
      scene.happens(fixtures.leftBy(`fan ${fan}`, 1 + fan));
      await pass(100);
    }
    expect(last.told.length).toBeGreaterThanOrEqual(4);
    expect(last.told.length).toBeLessThanOrEqual(5);
    await pass(1_000);
    const before = last.told.length;
    scene.happens(fixtures.admittedUpTo(49));
    await pass(250);
    scene.happens(fixtures.admittedUpTo(50));
    await pass(250);
    expect(last.states().slice(before)).toEqual(['WAITING 1', 'READY']);
    last.leave();
  });

  test('never sees a position grow, nor an offset fall, though the view is set back', async () => {
    const scene = new Scene(fixtures.configured(), ...fixtures.requestedByFans(9));
    const last = scene.follow('fan 8', 9);
    await pass(10);
    scene.happens(fixtures.leftBy('fan 0', 1), fixtures.leftBy('fan 1', 2));
    await pass(1_250);
    scene.loses(2);
    await pass(3_000);
    scene.happens(fixtures.leftBy('fan 0', 1), fixtures.leftBy('fan 1', 2), fixtures.leftBy('fan 2', 3));
    await pass(1_250);
    expect(last.states()).toEqual(['WAITING 9', 'WAITING 7', 'WAITING 6']);
    last.leave();
  });

  test('stays while the view is away or lost, and is told when it is back', async () => {
    const scene = new Scene(fixtures.configured(), fixtures.requestedBy('ann'));
    scene.away = true;
    const ann = scene.follow('ann', 1);
    await pass(10_000);
    expect([ann.told, ann.ended]).toEqual([[], []]);
    scene.away = false;
    await pass(1_000);
    expect(ann.states()).toEqual(['WAITING 1']);
    scene.loses(1);
    scene.happens(fixtures.requestedBy('ann'), fixtures.admittedUpTo(1));
    await pass(1_250);
    expect(ann.states()).toEqual(['WAITING 1', 'READY']);
    expect(scene.complaints).toEqual([]);
    ann.leave();
  });
});

describe('a follower who comes back', () => {
  test('is told only what has happened since', async () => {
    const scene = new Scene(fixtures.configured(), ...fixtures.requestedByFans(3));
    const [knows, missed, nothing] = [
      scene.follow('fan 2', 3, 3),
      scene.follow('fan 1', 2, 2),
      scene.follow('fan 0', 1),
    ];
    await pass(10);
    expect([knows.told.length, missed.told.length, nothing.told.length]).toEqual([0, 1, 1]);
    scene.happens(fixtures.leftBy('fan 0', 1));
    await pass(1_250);
    expect([knows.states(), missed.states()]).toEqual([['WAITING 2'], ['WAITING 2', 'WAITING 1']]);
    expect(nothing.ended).toEqual(['over']);
    knows.leave();
    missed.leave();
  });

  test('is told the last word again only if it may have missed it', async () => {
    const scene = new Scene(fixtures.configured(), fixtures.requestedBy('ann'), fixtures.leftBy('ann', 1));
    const [knows, missed] = [scene.follow('ann', 1, 2), scene.follow('ann', 1, 1)];
    await pass(10);
    expect([knows.told, knows.ended]).toEqual([[], ['over']]);
    expect([missed.states(), missed.ended]).toEqual([['LEFT'], ['over']]);
  });

  test('waits for a view that is behind what it knows, but not for what the log never held', async () => {
    const scene = new Scene(fixtures.configured(), fixtures.requestedBy('ann'));
    scene.endOfLog = 8;
    const [ahead, invented] = [scene.follow('ann', 1, 7), scene.follow('ann', 1, 8)];
    await pass(5_000);
    expect([ahead.states(), invented.states()]).toEqual([[], ['WAITING 1']]);
    ahead.leave();
    invented.leave();
  });
});

describe('the reader of changes', () => {
  test('asks once for everyone, and for entries only when something happened', async () => {
    const scene = new Scene(fixtures.configured({ capacity: 50 }), ...fixtures.requestedByFans(90));
    const all = Array.from({ length: 90 }, (_, fan) => scene.follow(`fan ${fan}`, 1 + fan));
    await pass(10_000);
    expect(scene.looks.heads).toBeLessThanOrEqual(42);
    expect(scene.looks.users).toBe(90);
    for (const one of all) one.leave();
    expect(scene.live.followers).toBe(0);
    const { heads } = scene.looks;
    await pass(1_000);
    expect(scene.looks.heads).toBe(heads);
  });

  test('takes no more than its limit, and room that is freed', async () => {
    const scene = new Scene(fixtures.configured(), ...fixtures.requestedByFans(100));
    const all = Array.from({ length: 100 }, (_, fan) => scene.follow(`fan ${fan}`, 1 + fan));
    expect(() => scene.follow('late', 1)).toThrow(
      expect.objectContaining({ code: 'OVERLOADED', retryAfterSeconds: 2 }),
    );
    all[0]?.leave();
    all[0]?.leave();
    scene.follow('fan 0', 1);
    expect(() => scene.follow('late', 1)).toThrow('no more');
    scene.live.beforeApplicationShutdown();
  });

  test('gives up the oldest of too many followers of one entry', async () => {
    const scene = new Scene(fixtures.configured(), fixtures.requestedBy('ann'));
    const tabs = Array.from({ length: 9 }, () => scene.follow('ann', 1));
    await pass(10);
    expect(tabs.map(({ ended }) => ended.join())).toEqual(['replaced', '', '', '', '', '', '', '', '']);
    expect(tabs.map(({ told }) => told.length)).toEqual([0, 1, 1, 1, 1, 1, 1, 1, 1]);
    for (const tab of tabs) tab.leave();
  });

  test('ends everyone when the process stops, and takes nobody any more', async () => {
    const scene = new Scene(fixtures.configured(), fixtures.requestedBy('ann'));
    const ann = scene.follow('ann', 1);
    await pass(10);
    scene.live.beforeApplicationShutdown();
    expect([ann.ended, scene.live.followers]).toEqual([['stopping'], 0]);
    expect(() => scene.follow('bo', 1)).toThrow('no more');
  });
});
