import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { CloseQueue } from '../../../application/commands/close-queue.command.ts';
import { ConfigureQueue } from '../../../application/commands/configure-queue.command.ts';
import { DisqualifyUser } from '../../../application/commands/disqualify-user.command.ts';
import { PauseQueue } from '../../../application/commands/pause-queue.command.ts';
import { PostNotice } from '../../../application/commands/post-notice.command.ts';
import { ReinstateUser } from '../../../application/commands/reinstate-user.command.ts';
import { ResumeQueue } from '../../../application/commands/resume-queue.command.ts';
import { publicReport } from '../../../application/health/public-report.ts';
import { GetMyEntry } from '../../../application/queries/get-my-entry.query.ts';
import { GetQueue } from '../../../application/queries/get-queue.query.ts';
import { TestApi } from './http.fixtures.ts';
import { ADMIN, bearer, document, documentWithNotice, entry, receipt, tokenOf } from './http-samples.fixtures.ts';

const policy = { capacity: 500, admissionsPerMinute: 600, claimWindowSeconds: 60, activeWindowSeconds: 600 };
const queueJson = {
  ...document,
  policy: { ...policy, opensAt: '2025-12-01T11:00:00.000Z', beforeOpening: 'reject', outcomeRetentionSeconds: 86_400 },
  opensAt: '2025-12-01T11:00:00.000Z',
  projectedAt: '2025-12-01T11:00:12.345Z',
};

let api: TestApi;
beforeAll(async () => {
  api = await TestApi.open();
});
afterEach(() => api.reset());
afterAll(() => api.close());

describe('routes of operators', () => {
  test('configure a queue and answer with its document', async () => {
    const response = await api.json('PUT', '/v1/concerts/c1/queue', policy, bearer(ADMIN));
    expect([response.statusCode, response.json()]).toEqual([200, queueJson]);
    expect(api.messages).toEqual([
      {
        concertId: 'c1',
        policy: {
          ...policy,
          maximumWaiting: null,
          minimumBalance: null,
          opensAt: null,
          beforeOpening: 'reject',
          outcomeRetentionSeconds: 86_400,
        },
      },
    ]);
  });

  test('accept every field of a policy and times with any UTC offset', async () => {
    const whole = {
      ...policy,
      maximumWaiting: 10_000_000,
      minimumBalance: 0,
      opensAt: '2020-02-29T20:00:00.5+09:00',
      beforeOpening: 'draw',
      outcomeRetentionSeconds: 1,
    };
    const response = await api.json('PUT', '/v1/concerts/c1/queue', whole, bearer(ADMIN));
    expect(response.statusCode).toBe(200);
    expect(api.messages).toEqual([
      { concertId: 'c1', policy: { ...whole, opensAt: Date.UTC(2020, 1, 29, 11, 0, 0, 500) } },
    ]);
  });

  test('answer 202 with the receipt when the projection is late', async () => {
    api.results.set(ConfigureQueue, () => ({ receipt }));
    const response = await api.json('PUT', '/v1/concerts/c1/queue', policy, bearer(ADMIN));
    expect([response.statusCode, response.json()]).toEqual([202, { receipt }]);
    for (const [action, command] of [
      ['pause', PauseQueue],
      ['resume', ResumeQueue],
      ['close', CloseQueue],
    ] as const) {
      api.results.set(command, () => ({ receipt }));
      const url = `/v1/concerts/c1/queue/${action}`;
      expect((await api.call('POST', url, { headers: bearer(ADMIN) })).statusCode).toBe(202);
      api.results.delete(command);
    }
  });

  test.each(['pause', 'resume', 'close'])('%s a queue, with or without a body', async (action) => {
    const url = `/v1/concerts/c1/queue/${action}`;
    const bare = await api.call('POST', url, { headers: bearer(ADMIN) });
    expect([bare.statusCode, bare.json()]).toEqual([200, queueJson]);
    const announced = await api.json('POST', url, '', bearer(ADMIN));
    expect(announced.statusCode).toBe(200);
    expect(api.messages).toEqual([{ concertId: 'c1' }, { concertId: 'c1' }]);
  });

  test('post a notice', async () => {
    api.results.set(PostNotice, () => ({ queue: documentWithNotice }));
    const texts = { en: 'Delayed.', ko: '지연' };
    const response = await api.json('PUT', '/v1/concerts/c1/queue/notice', { texts }, bearer(ADMIN));
    const notice = { texts, postedAt: '2025-12-01T11:00:00.007Z' };
    expect([response.statusCode, response.json()]).toEqual([200, { ...queueJson, notice }]);
    api.results.set(PostNotice, () => ({ receipt }));
    const removed = await api.json('PUT', '/v1/concerts/c1/queue/notice', { texts: {} }, bearer(ADMIN));
    expect([removed.statusCode, removed.json()]).toEqual([202, { receipt }]);
    expect(api.messages).toEqual([
      { concertId: 'c1', texts },
      { concertId: 'c1', texts: {} },
    ]);
  });

  test('list queues in pages', async () => {
    const first = await api.call('GET', '/v1/queues', { headers: bearer(ADMIN) });
    expect([first.statusCode, first.json()]).toEqual([200, { queues: [queueJson], nextCursor: 'next' }]);
    await api.call('GET', '/v1/queues?limit=500&cursor=next', { headers: bearer(ADMIN) });
    expect(api.messages).toEqual([{ limit: 100 }, { limit: 500, cursor: 'next' }]);
  });

  test('disqualify and reinstate a user', async () => {
    const reinstated = { ...receipt, offset: receipt.offset + 1 };
    api.results.set(DisqualifyUser, () => receipt);
    api.results.set(ReinstateUser, () => reinstated);
    const out = await api.call('DELETE', '/v1/concerts/c1/queue/entries/bo', { headers: bearer(ADMIN) });
    const back = await api.call('POST', '/v1/concerts/c1/queue/entries/bo/reinstate', { headers: bearer(ADMIN) });
    expect([out.statusCode, out.json()]).toEqual([202, { receipt }]);
    expect([back.statusCode, back.json()]).toEqual([202, { receipt: reinstated }]);
    expect(api.messages).toEqual([
      { concertId: 'c1', userId: 'bo' },
      { concertId: 'c1', userId: 'bo' },
    ]);
  });

  test('accept ids of the maximum length', async () => {
    const response = await api.call('DELETE', `/v1/concerts/${'~'.repeat(64)}/queue/entries/${'.'.repeat(128)}`, {
      headers: bearer(ADMIN),
    });
    expect(response.statusCode).toBe(202);
  });
});

describe('getQueue', () => {
  test('returns the document, cacheable for a second, with an ETag', async () => {
    const response = await api.call('GET', '/v1/concerts/c1/queue');
    expect([response.statusCode, response.json()]).toEqual([200, queueJson]);
    expect(response.headers).toMatchObject({
      'cache-control': 'public, max-age=1',
      'content-type': 'application/json; charset=utf-8',
      etag: expect.stringMatching(/^"[\w-]{22}"$/),
    });
  });

  test('answers 304 when If-None-Match matches', async () => {
    const etag = String((await api.call('GET', '/v1/concerts/c1/queue')).headers.etag);
    for (const ifNoneMatch of [etag, `W/${etag}`, `"other", ${etag}`, '*']) {
      const response = await api.call('GET', '/v1/concerts/c1/queue', { headers: { 'if-none-match': ifNoneMatch } });
      expect([ifNoneMatch, response.statusCode, response.body]).toEqual([ifNoneMatch, 304, '']);
      expect(response.headers).toMatchObject({ etag, 'cache-control': 'public, max-age=1' });
    }
  });

  test('returns another ETag when the document has changed', async () => {
    const etag = String((await api.call('GET', '/v1/concerts/c1/queue')).headers.etag);
    api.results.set(GetQueue, () => ({ ...document, waiting: 13 }));
    const response = await api.call('GET', '/v1/concerts/c1/queue', { headers: { 'if-none-match': etag } });
    expect([response.statusCode, response.json().waiting]).toEqual([200, 13]);
  });

  test('answers HEAD', async () => {
    const response = await api.call('HEAD', '/v1/concerts/c1/queue');
    expect([response.statusCode, response.body, response.headers.etag]).toEqual([200, '', expect.any(String)]);
  });

  test('shows the commitment and the seed of the draw', async () => {
    api.results.set(GetQueue, () => ({ ...document, drawCommitment: 'ab', drawSeed: 'cd', estimatedWaitSeconds: 7 }));
    expect((await api.call('GET', '/v1/concerts/c1/queue')).json()).toMatchObject({
      drawCommitment: 'ab',
      drawSeed: 'cd',
      estimatedWaitSeconds: 7,
    });
  });
});

describe('routes of an entry', () => {
  test('accept a request for entry and return the Location', async () => {
    const response = await api.json('POST', '/v1/concerts/c1/queue/entries', { userId: 'ann' });
    expect([response.statusCode, response.json()]).toEqual([
      202,
      { entryToken: 'a.b.c', receipt, state: 'PENDING', pollAfterMs: 1_000 },
    ]);
    expect(response.headers['location']).toBe('/v1/concerts/c1/queue/entries/me');
    expect(api.messages).toEqual([{ concertId: 'c1', applicant: { userId: 'ann' } }]);
  });

  test('return the entry, not cacheable', async () => {
    const response = await api.call('GET', '/v1/concerts/c1/queue/entries/me', { headers: bearer(tokenOf('ann')) });
    expect([response.statusCode, response.json()]).toEqual([200, entry]);
    expect(response.headers['cache-control']).toBe('no-store');
    expect(api.messages).toEqual([{ token: { userId: 'ann', concertId: 'c1', partition: 3, offset: 41 } }]);
  });

  test('write times as RFC 3339 in UTC', async () => {
    api.results.set(GetMyEntry, () => ({ ...entry, state: 'READY', claimBy: 1_764_586_800_007, activeUntil: 0 }));
    const response = await api.call('GET', '/v1/concerts/c1/queue/entries/me', { headers: bearer(tokenOf('ann')) });
    expect(response.json()).toMatchObject({
      claimBy: '2025-12-01T11:00:00.007Z',
      activeUntil: '1970-01-01T00:00:00.000Z',
    });
  });

  test('leave the queue', async () => {
    const response = await api.call('DELETE', '/v1/concerts/c1/queue/entries/me', { headers: bearer(tokenOf('ann')) });
    expect([response.statusCode, response.json()]).toEqual([202, { receipt }]);
    expect(api.messages).toEqual([{ token: { userId: 'ann', concertId: 'c1', partition: 3, offset: 41 } }]);
  });
});

describe('routes of health', () => {
  test('answer that the process is live', async () => {
    const response = await api.call('GET', '/health/live');
    expect([response.statusCode, response.json()]).toEqual([200, { status: 'live' }]);
  });

  test('answer whether the process is ready, in full to operators only', async () => {
    const ready = await api.call('GET', '/health/ready');
    expect([ready.statusCode, ready.json()]).toEqual([200, publicReport(api.health)]);
    const forOperators = await api.call('GET', '/health/ready', { headers: bearer(ADMIN) });
    expect(forOperators.json()).toEqual(api.health);
    api.health = { ...api.health, ready: false, view: { state: 'away', detail: 'no response' } };
    const not = await api.call('GET', '/health/ready');
    expect([not.statusCode, not.json()]).toEqual([503, publicReport(api.health)]);
  });
});

test('every response forbids content type sniffing', async () => {
  for (const url of ['/health/live', '/v1/concerts/c1/queue', '/nothing'])
    expect((await api.call('GET', url)).headers['x-content-type-options']).toBe('nosniff');
});
