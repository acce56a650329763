import { setImmediate } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { eventually } from '../../../../test/support/eventually.ts';
import { QueueError } from '../../../application/errors.ts';
import { EntrySubscriptions } from '../../../application/subscriptions/entry-subscriptions.ts';
import { ADMIN, entry, tokenOf } from '../http/http-samples.fixtures.ts';
import { ann, codes, Subscribers } from './graphql-subscription.fixtures.ts';

let subscribers: Subscribers;
beforeAll(async () => {
  subscribers = await Subscribers.open();
});
afterEach(() => subscribers.reset());
afterAll(() => subscribers.close());

describe('a subscription', () => {
  test.each([
    ['the parameter authorization', { authorization: ann }, undefined],
    ['the parameter Authorization', { Authorization: ann }, undefined],
    ['the header', {}, ann],
  ])('is authorized by the entry token in %s', async (_, params, header) => {
    const { results, subscription, stop } = await subscribers.follow(subscribers.client(params, header));
    expect(subscription).toMatchObject({ token: { userId: 'ann', concertId: 'c1', offset: 41 }, since: undefined });
    subscription?.subscriber.send(entry);
    await eventually(() => results.length === 1);
    subscription?.subscriber.send({ ...entry, state: 'READY', claimBy: 1_764_586_800_007, projectedOffset: 104 });
    await eventually(() => results.length === 2);
    expect(results.map(({ data }) => data?.myEntryChanged)).toEqual([
      { state: 'WAITING', position: 3, claimBy: null, projectedOffset: 99 },
      { state: 'READY', position: 3, claimBy: '2025-12-01T11:00:00.007Z', projectedOffset: 104 },
    ]);
    stop();
    await eventually(() => subscription?.isOpen === false);
  });

  test('completes after a terminal state', async () => {
    const { results, ended, subscription } = await subscribers.follow(subscribers.client({ authorization: ann }));
    subscription?.subscriber.send({ ...entry, state: 'COMPLETED' });
    subscription?.subscriber.end('over');
    await eventually(() => ended.length === 1);
    expect([results.map(({ data }) => data?.myEntryChanged?.state), ended]).toEqual([['COMPLETED'], ['complete']]);
  });

  test('ends with a code when newer subscriptions replace it', async () => {
    const { results, ended, subscription } = await subscribers.follow(subscribers.client({ authorization: ann }));
    subscription?.subscriber.end('replaced');
    await eventually(() => ended.length === 1);
    expect([codes(results), ended]).toEqual([[{ code: 'OVERLOADED', retryAfterSeconds: 2 }], ['complete']]);
  });

  test('keeps only the newest of the entries that change at once, and ends when the client disconnects', async () => {
    const one = subscribers.client({ authorization: ann });
    const { results, subscription } = await subscribers.follow(one);
    for (let offset = 100; offset < 1_000; offset++)
      subscription?.subscriber.send({ ...entry, projectedOffset: offset });
    await eventually(() => JSON.stringify(results.at(-1)).includes('999'));
    expect(results.length).toBeLessThan(10);
    await one.dispose();
    await eventually(() => subscription?.isOpen === false);
  });

  test('keeps only the newest entry for a client that does not read', async () => {
    const one = subscribers.client({ authorization: ann });
    // Messages of 3 KB: more of them than the operating system keeps.
    const names = Array.from({ length: 20 }, (_, index) => `userId${index}: userId`).join(' ');
    const query = `subscription ($id: ID!) { myEntryChanged(concertId: $id) { projectedOffset ${names} } }`;
    const { results, subscription } = await subscribers.follow(one, { query });
    const socket = subscribers.sockets.at(-1);
    socket?.pause();
    const large = { ...entry, userId: 'u'.repeat(128) };
    for (let offset = 1; offset <= 8_000; offset++) {
      subscription?.subscriber.send({ ...large, projectedOffset: offset });
      await setImmediate();
    }
    socket?.resume();
    await eventually(() => JSON.stringify(results.at(-1)).includes('"projectedOffset":8000'));
    expect(results.length).toBeLessThan(6_000);
  });

  test.each([
    ['without a token', {}],
    ['with a token of another service', { authorization: 'Bearer x' }],
    ['with ADMIN_TOKEN', { authorization: `Bearer ${ADMIN}` }],
  ])('is closed with 4403 %s, before anything is parsed', async (_, params) => {
    const { ended } = await subscribers.follow(subscribers.client(params));
    await eventually(() => ended.length === 1);
    expect(ended).toEqual([expect.objectContaining({ code: 4403 })]);
    expect(subscribers.api.subscriptions).toEqual([]);
  });

  test.each([['with a token for another concert', { authorization: `Bearer ${tokenOf('ann', 'c2')}` }, 'FORBIDDEN']])(
    'is rejected %s',
    async (_, params, code) => {
      const { results, ended } = await subscribers.follow(subscribers.client(params));
      await eventually(() => ended.length === 1);
      expect([codes(results), subscribers.api.subscriptions]).toEqual([[{ code }], []]);
    },
  );

  test('is rejected beyond the limit of subscriptions', async () => {
    subscribers.api.results.set(EntrySubscriptions, () => {
      throw new QueueError('OVERLOADED', 'the limit is reached', { retryAfterSeconds: 2 });
    });
    const { results } = await subscribers.follow(subscribers.client({ authorization: ann }));
    await eventually(() => results.length === 1);
    expect(codes(results)).toEqual([{ code: 'OVERLOADED', retryAfterSeconds: 2 }]);
  });

  test.each([
    ['syntax', 'subscription { myEntryChanged('],
    ['fields', 'subscription { myEntryChanged(concertId: "c1") { secret } }'],
    ['depth', `{ ${'receipt { '.repeat(20)} offset ${'}'.repeat(20)} }`],
    ['tokens', `{ ${'state '.repeat(1_001)} }`],
  ])('is rejected for its %s', async (_, text) => {
    const { ended } = await subscribers.follow(subscribers.client({ authorization: ann }), {
      query: text,
      variables: {},
    });
    const [errors] = ended as [readonly { readonly extensions: object }[]];
    expect(errors[0]?.extensions).toEqual({ code: 'INVALID_REQUEST' });
    expect(JSON.stringify(errors)).not.toMatch(/Did you mean|\.ts|\.js|node:/);
  });
});
