import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { CloseQueue } from '../../../application/commands/close-queue.command.ts';
import { ConfigureQueue } from '../../../application/commands/configure-queue.command.ts';
import { DisqualifyUser } from '../../../application/commands/disqualify-user.command.ts';
import { PauseQueue } from '../../../application/commands/pause-queue.command.ts';
import { ReinstateUser } from '../../../application/commands/reinstate-user.command.ts';
import { ResumeQueue } from '../../../application/commands/resume-queue.command.ts';
import { publicReport } from '../../../application/health/public-report.ts';
import { GetMyEntry } from '../../../application/queries/get-my-entry.query.ts';
import { GetQueue } from '../../../application/queries/get-queue.query.ts';
import { TestApi } from './http.fixtures.ts';
import { ADMIN, bearer, document, entry, receipt, tokenOf } from './http-samples.fixtures.ts';

const policy = { capacity: 500, admissionsPerMinute: 600, claimWindowSeconds: 60, activeWindowSeconds: 600 };
const queueJson = {
  ...document,
  policy: { ...policy, opensAt: '2025-12-01T11:00:00.000Z', beforeOpening: 'reject', outcomeRetentionSeconds: 86_400 },
  opensAt: '2025-12-01T11:00:00.000Z',
  projectedAt: '2025-12-01T11:00:12.345Z',
};

let door: TestApi;
beforeAll(async () => {
  door = await TestApi.open();
});
afterEach(() => door.reset());
afterAll(() => door.close());

describe('the routes of operators', () => {
  test('configure a queue and answer with its document', async () => {
    const response = await door.json('PUT', '/v1/concerts/c1/queue', policy, bearer(ADMIN));
    expect([response.statusCode, response.json()]).toEqual([200, queueJson]);
    expect(door.asked).toEqual([
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

  test('take every field of a policy, and times of any offset', async () => {
    const whole = {
      ...policy,
      maximumWaiting: 10_000_000,
      minimumBalance: 0,
      opensAt: '2020-02-29T20:00:00.5+09:00',
      beforeOpening: 'draw',
      outcomeRetentionSeconds: 1,
    };
    const response = await door.json('PUT', '/v1/concerts/c1/queue', whole, bearer(ADMIN));
    expect(response.statusCode).toBe(200);
    expect(door.asked).toEqual([
      { concertId: 'c1', policy: { ...whole, opensAt: Date.UTC(2020, 1, 29, 11, 0, 0, 500) } },
    ]);
  });

  test('answer 202 with the receipt when the projection takes its time', async () => {
    door.answers.set(ConfigureQueue, () => ({ receipt }));
    const response = await door.json('PUT', '/v1/concerts/c1/queue', policy, bearer(ADMIN));
    expect([response.statusCode, response.json()]).toEqual([202, { receipt }]);
    for (const [action, command] of [
      ['pause', PauseQueue],
      ['resume', ResumeQueue],
      ['close', CloseQueue],
    ] as const) {
      door.answers.set(command, () => ({ receipt }));
      const url = `/v1/concerts/c1/queue/${action}`;
      expect((await door.call('POST', url, { headers: bearer(ADMIN) })).statusCode).toBe(202);
      door.answers.delete(command);
    }
  });

  test.each(['pause', 'resume', 'close'])('%s a queue, with or without a body', async (action) => {
    const url = `/v1/concerts/c1/queue/${action}`;
    const bare = await door.call('POST', url, { headers: bearer(ADMIN) });
    expect([bare.statusCode, bare.json()]).toEqual([200, queueJson]);
    const announced = await door.json('POST', url, '', bearer(ADMIN));
    expect(announced.statusCode).toBe(200);
    expect(door.asked).toEqual([{ concertId: 'c1' }, { concertId: 'c1' }]);
  });

  test('list queues a page at a time', async () => {
    const first = await door.call('GET', '/v1/queues', { headers: bearer(ADMIN) });
    expect([first.statusCode, first.json()]).toEqual([200, { queues: [queueJson], nextCursor: 'next' }]);
    await door.call('GET', '/v1/queues?limit=500&cursor=next', { headers: bearer(ADMIN) });
    expect(door.asked).toEqual([{ limit: 100 }, { limit: 500, cursor: 'next' }]);
  });

  test('disqualify and reinstate a user', async () => {
    const reinstated = { ...receipt, offset: receipt.offset + 1 };
    door.answers.set(DisqualifyUser, () => receipt);
    door.answers.set(ReinstateUser, () => reinstated);
    const out = await door.call('DELETE', '/v1/concerts/c1/queue/entries/bo', { headers: bearer(ADMIN) });
    const back = await door.call('POST', '/v1/concerts/c1/queue/entries/bo/reinstate', { headers: bearer(ADMIN) });
    expect([out.statusCode, out.json()]).toEqual([202, { receipt }]);
    expect([back.statusCode, back.json()]).toEqual([202, { receipt: reinstated }]);
    expect(door.asked).toEqual([
      { concertId: 'c1', userId: 'bo' },
      { concertId: 'c1', userId: 'bo' },
    ]);
  });

  test('take ids up to their full length', async () => {
    const response = await door.call('DELETE', `/v1/concerts/${'~'.repeat(64)}/queue/entries/${'.'.repeat(128)}`, {
      headers: bearer(ADMIN),
    });
    expect(response.statusCode).toBe(202);
  });
});

describe('the public document of a queue', () => {
  test('may be cached for a second and names its bytes', async () => {
    const response = await door.call('GET', '/v1/concerts/c1/queue');
    expect([response.statusCode, response.json()]).toEqual([200, queueJson]);
    expect(response.headers).toMatchObject({
      'cache-control': 'public, max-age=1',
      'content-type': 'application/json; charset=utf-8',
      etag: expect.stringMatching(/^"[\w-]{22}"$/),
    });
  });

  test('is not sent again to whoever has it', async () => {
    const etag = String((await door.call('GET', '/v1/concerts/c1/queue')).headers.etag);
    for (const known of [etag, `W/${etag}`, `"other", ${etag}`, '*']) {
      const response = await door.call('GET', '/v1/concerts/c1/queue', { headers: { 'if-none-match': known } });
      expect([known, response.statusCode, response.body]).toEqual([known, 304, '']);
      expect(response.headers).toMatchObject({ etag, 'cache-control': 'public, max-age=1' });
    }
  });

  test('has another tag when it is another', async () => {
    const etag = String((await door.call('GET', '/v1/concerts/c1/queue')).headers.etag);
    door.answers.set(GetQueue, () => ({ ...document, waiting: 13 }));
    const response = await door.call('GET', '/v1/concerts/c1/queue', { headers: { 'if-none-match': etag } });
    expect([response.statusCode, response.json().waiting]).toEqual([200, 13]);
  });

  test('can be asked for its head alone', async () => {
    const response = await door.call('HEAD', '/v1/concerts/c1/queue');
    expect([response.statusCode, response.body, response.headers.etag]).toEqual([200, '', expect.any(String)]);
  });

  test('shows the draw', async () => {
    door.answers.set(GetQueue, () => ({ ...document, drawCommitment: 'ab', drawSeed: 'cd', estimatedWaitSeconds: 7 }));
    expect((await door.call('GET', '/v1/concerts/c1/queue')).json()).toMatchObject({
      drawCommitment: 'ab',
      drawSeed: 'cd',
      estimatedWaitSeconds: 7,
    });
  });
});

describe('the routes of an entry', () => {
  test('take a request and say where to look', async () => {
    const response = await door.json('POST', '/v1/concerts/c1/queue/entries', { userId: 'ann' });
    expect([response.statusCode, response.json()]).toEqual([
      202,
      { entryToken: 'a.b.c', receipt, state: 'PENDING', pollAfterMs: 1_000 },
    ]);
    expect(response.headers['location']).toBe('/v1/concerts/c1/queue/entries/me');
    expect(door.asked).toEqual([{ concertId: 'c1', applicant: { userId: 'ann' } }]);
  });

  test("show the own entry, to nobody's cache", async () => {
    const response = await door.call('GET', '/v1/concerts/c1/queue/entries/me', { headers: bearer(tokenOf('ann')) });
    expect([response.statusCode, response.json()]).toEqual([200, entry]);
    expect(response.headers['cache-control']).toBe('no-store');
    expect(door.asked).toEqual([{ token: { userId: 'ann', concertId: 'c1', partition: 3, offset: 41 } }]);
  });

  test('write times as RFC 3339 in UTC', async () => {
    door.answers.set(GetMyEntry, () => ({ ...entry, state: 'READY', claimBy: 1_764_586_800_007, activeUntil: 0 }));
    const response = await door.call('GET', '/v1/concerts/c1/queue/entries/me', { headers: bearer(tokenOf('ann')) });
    expect(response.json()).toMatchObject({
      claimBy: '2025-12-01T11:00:00.007Z',
      activeUntil: '1970-01-01T00:00:00.000Z',
    });
  });

  test('let go of the own entry', async () => {
    const response = await door.call('DELETE', '/v1/concerts/c1/queue/entries/me', { headers: bearer(tokenOf('ann')) });
    expect([response.statusCode, response.json()]).toEqual([202, { receipt }]);
    expect(door.asked).toEqual([{ token: { userId: 'ann', concertId: 'c1', partition: 3, offset: 41 } }]);
  });
});

describe('the routes of health', () => {
  test('say that the process lives', async () => {
    const response = await door.call('GET', '/health/live');
    expect([response.statusCode, response.json()]).toEqual([200, { status: 'live' }]);
  });

  test('say whether it can do its work', async () => {
    const ready = await door.call('GET', '/health/ready');
    expect([ready.statusCode, ready.json()]).toEqual([200, publicReport(door.health)]);
    const forOperators = await door.call('GET', '/health/ready', { headers: bearer(ADMIN) });
    expect(forOperators.json()).toEqual(door.health);
    door.health = { ...door.health, ready: false, view: { state: 'away', detail: 'no answer' } };
    const not = await door.call('GET', '/health/ready');
    expect([not.statusCode, not.json()]).toEqual([503, publicReport(door.health)]);
  });
});

test('every answer forbids guessing its type', async () => {
  for (const url of ['/health/live', '/v1/concerts/c1/queue', '/nothing'])
    expect((await door.call('GET', url)).headers['x-content-type-options']).toBe('nosniff');
});
