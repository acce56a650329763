import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { ask, EventStream } from '../../../../test/support/event-stream.ts';
import { eventually } from '../../../../test/support/eventually.ts';
import { QueueError } from '../../../application/errors.ts';
import { EntrySubscriptions } from '../../../application/subscriptions/entry-subscriptions.ts';
import { TestApi, type TestSubscription } from './http.fixtures.ts';
import { ADMIN, bearer, entry, tokenOf } from './http-samples.fixtures.ts';
import { expectProblem } from './problem.fixtures.ts';

const PATH = '/v1/concerts/c1/queue/entries/me/events';
const ann = tokenOf('ann');

let api: TestApi;
let url: string;
beforeAll(async () => {
  api = await TestApi.open();
  await api.app.listen(0, '127.0.0.1');
  url = `${await api.app.getUrl()}${PATH}`;
});
afterEach(() => api.reset());
afterAll(() => api.close());

async function opened(lastEventId?: string): Promise<{ stream: EventStream; subscription: TestSubscription }> {
  const stream = await EventStream.open(url, ann, lastEventId);
  const subscription = api.subscriptions.at(-1);
  if (!subscription) throw new Error('no subscription was opened');
  return { stream, subscription };
}

describe('followMyEntry', () => {
  test('sends each change in the JSON of getMyEntry', async () => {
    const { stream, subscription } = await opened();
    expect(stream.headers).toMatchObject({
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
    });
    expect(subscription).toMatchObject({ token: { userId: 'ann', concertId: 'c1', offset: 41 }, since: undefined });
    subscription.subscriber.send(entry);
    subscription.subscriber.send({ ...entry, state: 'READY', claimBy: 1_764_586_800_007, projectedOffset: 104 });
    await eventually(() => stream.events.length === 2);
    expect(stream.events.map(({ event, id }) => [event, id])).toEqual([
      ['entry', '99'],
      ['entry', '104'],
    ]);
    expect(stream.entries[0]).toEqual(entry);
    expect(stream.entries[1]).toMatchObject({ state: 'READY', claimBy: '2025-12-01T11:00:00.007Z' });
    expect(stream.retry).toBeGreaterThanOrEqual(1_000);
    stream.close();
    await eventually(() => !subscription.isOpen);
  });

  test('sends the state and notice of the queue without an id', async () => {
    const { stream, subscription } = await opened();
    const notice = { texts: { en: 'Delayed.\nSorry.' }, postedAt: 1_764_586_800_007 };
    subscription.subscriber.send(entry);
    subscription.subscriber.sendQueue?.({ state: 'PAUSED', notice });
    subscription.subscriber.sendQueue?.({ state: 'OPEN' });
    await eventually(() => stream.events.length === 3);
    expect(stream.queues).toEqual([
      { state: 'PAUSED', notice: { ...notice, postedAt: '2025-12-01T11:00:00.007Z' } },
      { state: 'OPEN' },
    ]);
    expect(stream.lastEventId).toBe('99');
    stream.close();
  });

  test('ends for good after a terminal state', async () => {
    const { stream, subscription } = await opened();
    subscription.subscriber.send({ ...entry, state: 'COMPLETED', projectedOffset: 130 });
    subscription.subscriber.end('over');
    await stream.ended;
    expect([stream.entries.length, stream.lastEventId]).toEqual([1, 'end']);
    const { status, answer } = await ask(url, ann, stream.lastEventId);
    answer.resume();
    expect([status, api.subscriptions.length]).toEqual([204, 1]);
  });

  test.each(['stopping', 'replaced'] as const)(
    'ends when it is %s, and resumes from the last event id',
    async (reason) => {
      const { stream, subscription } = await opened();
      subscription.subscriber.send(entry);
      subscription.subscriber.end(reason);
      await stream.ended;
      expect([stream.lastEventId, stream.retry]).toEqual(['99', expect.any(Number)]);
      const again = await opened(stream.lastEventId);
      expect(again.subscription.since).toBe(99);
      again.stream.close();
    },
  );

  test.each(['', 'x', '-1', '1.5', '9'.repeat(16), 'END', '7 '])('ignores the event id %j', async (id) => {
    const { stream, subscription } = await opened(id);
    expect(subscription.since).toBe(id === '7 ' ? 7 : undefined); // HTTP trims the header value
    stream.close();
  });

  test('answers HEAD without a subscription', async () => {
    const { status, answer } = await ask(url, ann, undefined, 'HEAD');
    answer.resume();
    expect([status, answer.headers['content-type']]).toEqual([200, 'text/event-stream; charset=utf-8']);
    expect(api.subscriptions).toEqual([]);
  });

  test('applies CORS to the stream', async () => {
    const shop = await TestApi.open({ corsOrigins: ['https://shop.example'] });
    await shop.app.listen(0, '127.0.0.1');
    const headers = { ...bearer(ann), origin: 'https://shop.example' };
    const disconnect = new AbortController();
    const answer = await fetch(`${await shop.app.getUrl()}${PATH}`, { headers, signal: disconnect.signal });
    expect(answer.headers.get('access-control-allow-origin')).toBe('https://shop.example');
    disconnect.abort();
    await shop.close();
  });
});

describe('followMyEntry', () => {
  test('rejects unauthorized callers and tokens of another concert', async () => {
    expectProblem(await api.call('GET', PATH), 'UNAUTHENTICATED');
    expectProblem(await api.call('GET', PATH, { headers: bearer(`${ann}x`) }), 'UNAUTHENTICATED');
    expectProblem(await api.call('GET', PATH, { headers: bearer(tokenOf('ann', 'c2')) }), 'FORBIDDEN');
    expectProblem(await api.call('GET', PATH, { headers: bearer(ADMIN) }), 'FORBIDDEN');
    expect(api.subscriptions).toEqual([]);
  });

  test('answers OVERLOADED beyond the limit of streams', async () => {
    api.results.set(EntrySubscriptions, () => {
      throw new QueueError('OVERLOADED', 'the limit is reached', { retryAfterSeconds: 2 });
    });
    const response = await api.call('GET', PATH, { headers: bearer(ann) });
    expectProblem(response, 'OVERLOADED');
    expect(response.headers['retry-after']).toBe('2');
  });

  test('rejects POST', async () => {
    const response = await api.call('POST', PATH, { headers: bearer(ann) });
    expectProblem(response, 'METHOD_NOT_ALLOWED');
    expect(response.headers['allow']).toBe('GET, HEAD');
  });
});
