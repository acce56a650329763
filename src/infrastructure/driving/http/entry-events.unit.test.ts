import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { ask, EventStream } from '../../../../test/support/event-stream.ts';
import { eventually } from '../../../../test/support/eventually.ts';
import { QueueError } from '../../../application/errors.ts';
import { EntrySubscriptions } from '../../../application/subscriptions/entry-subscriptions.ts';
import { type Follower, TestApi } from './http.fixtures.ts';
import { ADMIN, bearer, entry, tokenOf } from './http-samples.fixtures.ts';
import { problem } from './problem.fixtures.ts';

const PATH = '/v1/concerts/c1/queue/entries/me/events';
const ann = tokenOf('ann');

let door: TestApi;
let url: string;
beforeAll(async () => {
  door = await TestApi.open();
  await door.app.listen(0, '127.0.0.1');
  url = `${await door.app.getUrl()}${PATH}`;
});
afterEach(() => door.reset());
afterAll(() => door.close());

async function opened(lastEventId?: string): Promise<{ stream: EventStream; follower: Follower }> {
  const stream = await EventStream.open(url, ann, lastEventId);
  const follower = door.followers.at(-1);
  if (!follower) throw new Error('nobody follows');
  return { stream, follower };
}

describe('a stream of an entry', () => {
  test('tells what changes, as the entry itself is told', async () => {
    const { stream, follower } = await opened();
    expect(stream.headers).toMatchObject({
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
    });
    expect(follower).toMatchObject({ token: { userId: 'ann', concertId: 'c1', offset: 41 }, since: undefined });
    follower.follower.tell(entry);
    follower.follower.tell({ ...entry, state: 'READY', claimBy: 1_764_586_800_007, projectedOffset: 104 });
    await eventually(() => stream.events.length === 2);
    expect(stream.events.map(({ event, id }) => [event, id])).toEqual([
      ['entry', '99'],
      ['entry', '104'],
    ]);
    expect(stream.entries[0]).toEqual(entry);
    expect(stream.entries[1]).toMatchObject({ state: 'READY', claimBy: '2025-12-01T11:00:00.007Z' });
    expect(stream.retry).toBeGreaterThanOrEqual(1_000);
    stream.close();
    await eventually(() => !follower.isThere);
  });

  test('ends after the last word, for good', async () => {
    const { stream, follower } = await opened();
    follower.follower.tell({ ...entry, state: 'COMPLETED', projectedOffset: 130 });
    follower.follower.end('over');
    await stream.ended;
    expect([stream.entries.length, stream.lastEventId]).toEqual([1, 'end']);
    const { status, answer } = await ask(url, ann, stream.lastEventId);
    answer.resume();
    expect([status, door.followers.length]).toEqual([204, 1]);
  });

  test.each(['stopping', 'replaced'] as const)('ends when it is %s, and may be opened again', async (reason) => {
    const { stream, follower } = await opened();
    follower.follower.tell(entry);
    follower.follower.end(reason);
    await stream.ended;
    expect([stream.lastEventId, stream.retry]).toEqual(['99', expect.any(Number)]);
    const again = await opened(stream.lastEventId);
    expect(again.follower.since).toBe(99);
    again.stream.close();
  });

  test.each(['', 'x', '-1', '1.5', '9'.repeat(16), 'END', '7 '])('takes nothing from the id %j', async (id) => {
    const { stream, follower } = await opened(id);
    expect(follower.since).toBe(id === '7 ' ? 7 : undefined); // the header's white space is no part of it
    stream.close();
  });

  test('is not opened for its head alone', async () => {
    const { status, answer } = await ask(url, ann, undefined, 'HEAD');
    answer.resume();
    expect([status, answer.headers['content-type']]).toEqual([200, 'text/event-stream; charset=utf-8']);
    expect(door.followers).toEqual([]);
  });

  test('lets another page read it only where its origin may', async () => {
    const shop = await TestApi.open({ corsOrigins: ['https://shop.example'] });
    await shop.app.listen(0, '127.0.0.1');
    const headers = { ...bearer(ann), origin: 'https://shop.example' };
    const gone = new AbortController();
    const answer = await fetch(`${await shop.app.getUrl()}${PATH}`, { headers, signal: gone.signal });
    expect(answer.headers.get('access-control-allow-origin')).toBe('https://shop.example');
    gone.abort();
    await shop.close();
  });
});

describe('no stream', () => {
  test('is opened for strangers, or for an entry of another concert', async () => {
    problem(await door.call('GET', PATH), 'UNAUTHENTICATED');
    problem(await door.call('GET', PATH, { headers: bearer(`${ann}x`) }), 'UNAUTHENTICATED');
    problem(await door.call('GET', PATH, { headers: bearer(tokenOf('ann', 'c2')) }), 'FORBIDDEN');
    problem(await door.call('GET', PATH, { headers: bearer(ADMIN) }), 'FORBIDDEN');
    expect(door.followers).toEqual([]);
  });

  test('is opened beyond what the process takes', async () => {
    door.answers.set(EntrySubscriptions, () => {
      throw new QueueError('OVERLOADED', 'no more', { retryAfterSeconds: 2 });
    });
    const response = await door.call('GET', PATH, { headers: bearer(ann) });
    problem(response, 'OVERLOADED');
    expect(response.headers['retry-after']).toBe('2');
  });

  test('is posted to', async () => {
    const response = await door.call('POST', PATH, { headers: bearer(ann) });
    problem(response, 'METHOD_NOT_ALLOWED');
    expect(response.headers['allow']).toBe('GET, HEAD');
  });
});
