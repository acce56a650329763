import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import * as fixtures from '../../domain/concert-queue.fixtures.ts';
import { SubscriptionFixture } from './entry-subscriptions.fixtures.ts';

beforeEach(() => {
  jest.useFakeTimers();
});
afterEach(() => {
  expect(jest.getTimerCount()).toBe(0); // without subscriptions nothing polls
  jest.useRealTimers();
});
const pass = (ms: number) => jest.advanceTimersByTimeAsync(ms);

describe('a subscriber', () => {
  test('receives the entry, then each change up to the terminal state', async () => {
    const fixture = new SubscriptionFixture(fixtures.configured(), fixtures.requestedBy('ann'));
    const ann = fixture.subscribe('ann', 1);
    expect(ann.received).toEqual([]);
    await pass(10);
    expect(ann.states()).toEqual(['WAITING 1']);
    for (const event of [fixtures.admittedUpTo(1), fixtures.claimedBy('ann', 1), fixtures.completedBy('ann', 1)]) {
      fixture.happens(event);
      await pass(250);
    }
    expect(ann.states()).toEqual(['WAITING 1', 'READY', 'ACTIVE', 'COMPLETED']);
    expect(ann.received.map(({ projectedOffset }) => projectedOffset)).toEqual([1, 2, 3, 4]);
    expect(ann.ended).toEqual(['over']);
    expect(fixture.subscriptions.count).toBe(0);
  });

  test('receives no document twice', async () => {
    const fixture = new SubscriptionFixture(fixtures.configured(), fixtures.requestedBy('ann'));
    const ann = fixture.subscribe('ann', 1);
    await pass(10);
    for (const fan of ['bo', 'cy', 'dee']) {
      fixture.happens(fixtures.requestedBy(fan));
      await pass(1_500);
    }
    expect(ann.states()).toEqual(['WAITING 1']);
    ann.unsubscribe();
  });

  test('receives PENDING until its request is projected, also for a concert without a queue', async () => {
    const fixture = new SubscriptionFixture(fixtures.configured());
    const late = fixture.subscribe('ann', 1);
    await pass(10);
    expect(late.states()).toEqual(['PENDING']);
    fixture.happens(fixtures.requestedBy('ann'));
    await pass(250);
    expect(late.states()).toEqual(['PENDING', 'WAITING 1']);
    late.unsubscribe();

    const nowhere = new SubscriptionFixture();
    const one = nowhere.subscribe('ann', 3);
    await pass(300);
    expect(one.states()).toEqual(['PENDING']);
    nowhere.endOfLog = 4;
    await pass(250);
    expect([one.states(), one.ended, one.received.at(-1)?.rejectedBecause]).toEqual([
      ['PENDING', 'REJECTED'],
      ['over'],
      'QUEUE_NOT_OPEN',
    ]);
  });

  test('receives positions once a second and its own call at once', async () => {
    const fixture = new SubscriptionFixture(fixtures.configured({ capacity: 100 }), ...fixtures.requestedByFans(50));
    const last = fixture.subscribe('fan 49', 50);
    await pass(10);
    for (let fan = 0; fan < 40; fan++) {
      fixture.happens(fixtures.leftBy(`fan ${fan}`, 1 + fan));
      await pass(100);
    }
    expect(last.received.length).toBeGreaterThanOrEqual(4);
    expect(last.received.length).toBeLessThanOrEqual(5);
    await pass(1_000);
    const before = last.received.length;
    fixture.happens(fixtures.admittedUpTo(49));
    await pass(250);
    fixture.happens(fixtures.admittedUpTo(50));
    await pass(250);
    expect(last.states().slice(before)).toEqual(['WAITING 1', 'READY']);
    last.unsubscribe();
  });

  test('receives no growing position and no falling offset after the view is set back', async () => {
    const fixture = new SubscriptionFixture(fixtures.configured(), ...fixtures.requestedByFans(9));
    const last = fixture.subscribe('fan 8', 9);
    await pass(10);
    fixture.happens(fixtures.leftBy('fan 0', 1), fixtures.leftBy('fan 1', 2));
    await pass(1_250);
    fixture.loses(2);
    await pass(3_000);
    fixture.happens(fixtures.leftBy('fan 0', 1), fixtures.leftBy('fan 1', 2), fixtures.leftBy('fan 2', 3));
    await pass(1_250);
    expect(last.states()).toEqual(['WAITING 9', 'WAITING 7', 'WAITING 6']);
    last.unsubscribe();
  });

  test('stays subscribed while the view is unavailable or lost, and receives changes afterwards', async () => {
    const fixture = new SubscriptionFixture(fixtures.configured(), fixtures.requestedBy('ann'));
    fixture.unavailable = true;
    const ann = fixture.subscribe('ann', 1);
    await pass(10_000);
    expect([ann.received, ann.ended]).toEqual([[], []]);
    fixture.unavailable = false;
    await pass(1_000);
    expect(ann.states()).toEqual(['WAITING 1']);
    fixture.loses(1);
    fixture.happens(fixtures.requestedBy('ann'), fixtures.admittedUpTo(1));
    await pass(1_250);
    expect(ann.states()).toEqual(['WAITING 1', 'READY']);
    expect(fixture.logged).toEqual([]);
    ann.unsubscribe();
  });
});

describe('the queue of a subscriber', () => {
  const { noticePosted, paused, resumed, closed } = fixtures;
  const postedAt = (offset: number) => offset * 1_000;

  test('is sent at the start and after each change of state or notice, and the same to all', async () => {
    const fixture = new SubscriptionFixture(fixtures.configured(), ...fixtures.requestedByFans(2));
    const [one, other] = [fixture.subscribe('fan 0', 1), fixture.subscribe('fan 1', 2)];
    await pass(10);
    expect(one.queues).toEqual([{ state: 'OPEN' }]);
    for (const event of [
      paused,
      noticePosted({ en: 'Late.' }),
      resumed,
      noticePosted({ en: 'Now.' }),
      noticePosted(),
      closed,
    ]) {
      fixture.happens(event);
      await pass(250);
    }
    expect(one.queues).toEqual([
      { state: 'OPEN' },
      { state: 'PAUSED' },
      { state: 'PAUSED', notice: { texts: { en: 'Late.' }, postedAt: postedAt(4) } },
      { state: 'OPEN', notice: { texts: { en: 'Late.' }, postedAt: postedAt(4) } },
      { state: 'OPEN', notice: { texts: { en: 'Now.' }, postedAt: postedAt(6) } },
      { state: 'OPEN' },
      { state: 'CLOSED' },
    ]);
    other.queues.forEach((queue, index) => expect(queue).toBe(one.queues[index]));
    expect([other.queues.length, fixture.reads.users]).toEqual([7, 4]); // entries are read again for their positions alone
    one.unsubscribe();
    other.unsubscribe();
  });

  test('is not sent again while other events are folded', async () => {
    const fixture = new SubscriptionFixture(
      fixtures.configured(),
      noticePosted({ en: 'Late.' }),
      fixtures.requestedBy('ann'),
    );
    const ann = fixture.subscribe('ann', 2);
    await pass(10);
    fixture.happens(fixtures.requestedBy('bo'), fixtures.requestedBy('cy'));
    await pass(1_500);
    expect(ann.queues).toHaveLength(1);
    ann.unsubscribe();
  });

  test('is sent before a terminal state, and to a subscriber that knows its entry', async () => {
    const fixture = new SubscriptionFixture(fixtures.configured(), ...fixtures.annHasLeft, closed);
    const [missed, knows] = [fixture.subscribe('ann', 1), fixture.subscribe('ann', 1, 3)];
    await pass(10);
    expect([missed.queues, knows.queues]).toEqual([[{ state: 'CLOSED' }], [{ state: 'CLOSED' }]]);
    expect([missed.ended, knows.ended]).toEqual([['over'], ['over']]);
  });

  test('never goes back when the view is set back', async () => {
    const fixture = new SubscriptionFixture(fixtures.configured(), fixtures.requestedBy('ann'), paused, resumed);
    const ann = fixture.subscribe('ann', 1);
    await pass(10);
    fixture.loses(1);
    await pass(1_000);
    fixture.happens(resumed, closed);
    await pass(250);
    expect(ann.queues).toEqual([{ state: 'OPEN' }, { state: 'CLOSED' }]);
    ann.unsubscribe();
  });
});

describe('a subscriber with a last offset', () => {
  test('receives only later changes', async () => {
    const fixture = new SubscriptionFixture(fixtures.configured(), ...fixtures.requestedByFans(3));
    const [knows, missed, nothing] = [
      fixture.subscribe('fan 2', 3, 3),
      fixture.subscribe('fan 1', 2, 2),
      fixture.subscribe('fan 0', 1),
    ];
    await pass(10);
    expect([knows.received.length, missed.received.length, nothing.received.length]).toEqual([0, 1, 1]);
    fixture.happens(fixtures.leftBy('fan 0', 1));
    await pass(1_250);
    expect([knows.states(), missed.states()]).toEqual([['WAITING 2'], ['WAITING 2', 'WAITING 1']]);
    expect(nothing.ended).toEqual(['over']);
    knows.unsubscribe();
    missed.unsubscribe();
  });

  test('receives a terminal state again only if it may have missed it', async () => {
    const fixture = new SubscriptionFixture(
      fixtures.configured(),
      fixtures.requestedBy('ann'),
      fixtures.leftBy('ann', 1),
    );
    const [knows, missed] = [fixture.subscribe('ann', 1, 2), fixture.subscribe('ann', 1, 1)];
    await pass(10);
    expect([knows.received, knows.ended]).toEqual([[], ['over']]);
    expect([missed.states(), missed.ended]).toEqual([['LEFT'], ['over']]);
  });

  test('waits for a view behind its offset, but not for an offset beyond the log', async () => {
    const fixture = new SubscriptionFixture(fixtures.configured(), fixtures.requestedBy('ann'));
    fixture.endOfLog = 8;
    const [ahead, invented] = [fixture.subscribe('ann', 1, 7), fixture.subscribe('ann', 1, 8)];
    await pass(5_000);
    expect([ahead.states(), invented.states()]).toEqual([[], ['WAITING 1']]);
    ahead.unsubscribe();
    invented.unsubscribe();
  });
});

describe('the poller', () => {
  test('reads the head once for all subscriptions, and entries only after a change', async () => {
    const fixture = new SubscriptionFixture(fixtures.configured({ capacity: 50 }), ...fixtures.requestedByFans(90));
    const all = Array.from({ length: 90 }, (_, fan) => fixture.subscribe(`fan ${fan}`, 1 + fan));
    await pass(10_000);
    expect(fixture.reads.heads).toBeLessThanOrEqual(42);
    expect(fixture.reads.users).toBe(90);
    for (const one of all) one.unsubscribe();
    expect(fixture.subscriptions.count).toBe(0);
    const { heads } = fixture.reads;
    await pass(1_000);
    expect(fixture.reads.heads).toBe(heads);
  });

  test('rejects subscriptions beyond the limit and reuses freed capacity', async () => {
    const fixture = new SubscriptionFixture(fixtures.configured(), ...fixtures.requestedByFans(100));
    const all = Array.from({ length: 100 }, (_, fan) => fixture.subscribe(`fan ${fan}`, 1 + fan));
    expect(() => fixture.subscribe('late', 1)).toThrow(
      expect.objectContaining({ code: 'OVERLOADED', retryAfterSeconds: 2 }),
    );
    all[0]?.unsubscribe();
    all[0]?.unsubscribe();
    fixture.subscribe('fan 0', 1);
    expect(() => fixture.subscribe('late', 1)).toThrow('accepts no more');
    fixture.subscriptions.beforeApplicationShutdown();
  });

  test('ends the oldest of too many subscriptions of one entry', async () => {
    const fixture = new SubscriptionFixture(fixtures.configured(), fixtures.requestedBy('ann'));
    const tabs = Array.from({ length: 9 }, () => fixture.subscribe('ann', 1));
    await pass(10);
    expect(tabs.map(({ ended }) => ended.join())).toEqual(['replaced', '', '', '', '', '', '', '', '']);
    expect(tabs.map(({ received }) => received.length)).toEqual([0, 1, 1, 1, 1, 1, 1, 1, 1]);
    for (const tab of tabs) tab.unsubscribe();
  });

  test('ends all subscriptions when the process stops, and accepts no more', async () => {
    const fixture = new SubscriptionFixture(fixtures.configured(), fixtures.requestedBy('ann'));
    const ann = fixture.subscribe('ann', 1);
    await pass(10);
    fixture.subscriptions.beforeApplicationShutdown();
    expect([ann.ended, fixture.subscriptions.count]).toEqual([['stopping'], 0]);
    expect(() => fixture.subscribe('bo', 1)).toThrow('accepts no more');
  });
});
