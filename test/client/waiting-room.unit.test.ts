import { beforeEach, describe, expect, test } from '@jest/globals';
import { Backoff } from '../../clients/typescript/src/backoff.ts';
import {
  BrowserTokens,
  ConnectionError,
  ERROR_CODES,
  MemoryTokens,
  NoEntryError,
  QueueProblem,
  WaitingRoom,
} from '../../clients/typescript/src/index.ts';
import { resourcesOfEachTest } from '../support/test-resources.ts';
import { entryOf, json, problem, queueOf, ScriptedRoom } from './scripted-room.ts';

const ofTest = resourcesOfEachTest();
let server: ScriptedRoom;
let tokens: MemoryTokens;
let room: WaitingRoom;
beforeEach(async () => {
  server = ofTest().use(await ScriptedRoom.open());
  tokens = new MemoryTokens();
  room = new WaitingRoom({ baseUrl: `${server.url}/`, tokens, backoff: { firstMs: 1 }, attempts: 3 });
});

const accepted = { entryToken: 'a.b.c', receipt: entryOf('PENDING').receipt, state: 'PENDING', pollAfterMs: 1 };
const failure = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => undefined,
    (error: unknown) => error,
  );

describe('enter', () => {
  test('sends the user and stores the token', async () => {
    server.on('POST entries', (response) => json(response, accepted));
    await room.enter('c1', { userId: 'ann' }, { bearer: 'shop' });
    expect(server.requests[0]).toMatchObject({
      body: '{"userId":"ann"}',
      headers: { authorization: 'Bearer shop', 'content-type': 'application/json' },
    });
    expect([tokens.get('c1'), await room.hasEntry('c1')]).toEqual(['a.b.c', true]);
  });

  test('is retried after 503, not before Retry-After', async () => {
    let first = 0;
    let again = 0;
    server.on('POST entries', (response, _request, count) => {
      if (count > 1) {
        again = performance.now();
        return json(response, accepted);
      }
      first = performance.now();
      return problem(response, 503, 'OVERLOADED', { 'retry-after': '1' });
    });
    await room.enter('c1');
    expect(again - first).toBeGreaterThanOrEqual(990);
  });

  test('throws the last problem after the maximum number of attempts', async () => {
    server.on('POST entries', (response) => problem(response, 503, 'LOG_UNAVAILABLE'));
    const error = await failure(room.enter('c1'));
    expect([error instanceof QueueProblem && error.code, server.calls.length]).toEqual(['LOG_UNAVAILABLE', 3]);
  });

  test('is not retried after a rejection', async () => {
    server.on('POST entries', (response) => problem(response, 409, 'QUEUE_FULL'));
    const error = await failure(room.enter('c1'));
    expect([error instanceof QueueProblem && error.code, server.calls.length]).toEqual(['QUEUE_FULL', 1]);
    expect(await room.hasEntry('c1')).toBe(false);
  });

  test('sends the key of the request, the same in every attempt', async () => {
    server.on('POST entries', (response, _request, count) =>
      count < 3 ? response.destroy() : json(response, accepted),
    );
    await room.enter('c1', {}, { key: 'k-1' });
    expect(server.requests.map(({ headers }) => headers['idempotency-key'])).toEqual(['k-1', 'k-1', 'k-1']);
  });

  test('can be aborted during the delay between attempts', async () => {
    const abort = new AbortController();
    server.on('POST entries', (response) => {
      problem(response, 503, 'OVERLOADED', { 'retry-after': '600' });
      setTimeout(() => abort.abort(new Error('enough')), 10);
    });
    expect(await failure(room.enter('c1', {}, { signal: abort.signal }))).toEqual(new Error('enough'));
  });
});

describe('errors', () => {
  test.each(ERROR_CODES.map((code) => [code]))('%s becomes a QueueProblem with that code', async (code) => {
    server.on('GET queue', (response) => problem(response, 409, code));
    expect(await failure(room.queue('c1'))).toMatchObject({ code, status: 409, detail: `it is ${code}` });
  });

  test('a response that is not from the waiting room becomes a ConnectionError', async () => {
    server.on('GET queue', (response) => response.writeHead(502).end('<h1>Bad gateway</h1>'));
    expect(await failure(room.queue('c1'))).toBeInstanceOf(ConnectionError);
    await server.close();
    expect(await failure(room.queue('c1'))).toBeInstanceOf(ConnectionError);
  });

  test('a response timeout becomes a ConnectionError', async () => {
    server.on('GET queue', () => undefined);
    const impatient = new WaitingRoom({ baseUrl: server.url, attempts: 1, answerWithinMs: 30 });
    expect(await failure(impatient.queue('c1'))).toBeInstanceOf(ConnectionError);
  });

  test('a call without a token sends no request', async () => {
    expect(await failure(room.leave('c1'))).toBeInstanceOf(NoEntryError);
    expect(server.calls).toEqual([]);
  });
});

describe('with a token', () => {
  beforeEach(() => tokens.set('c1', 'a.b.c'));

  test('leave and claim send the entry token, complete sends the admission token', async () => {
    server.on('DELETE me', (response) => json(response, { receipt: accepted.receipt }));
    server.on('POST claim', (response) => json(response, { admissionToken: 'd.e.f', activeUntil: 'later' }));
    server.on('POST complete', (response) => json(response, { receipt: accepted.receipt }));
    await room.leave('c1');
    await room.complete((await room.claim('c1')).admissionToken);
    expect(server.requests.map(({ headers }) => headers.authorization)).toEqual([
      'Bearer a.b.c',
      'Bearer a.b.c',
      'Bearer d.e.f',
    ]);
  });

  test('queue sends the ETag of the cached document', async () => {
    server.on('GET queue', (response, { headers }) => {
      if (headers['if-none-match'] === '"7"') response.writeHead(304).end();
      else json(response, queueOf({ waiting: 7 }), { etag: '"7"' });
    });
    expect([(await room.queue('c1')).waiting, (await room.queue('c1')).waiting]).toEqual([7, 7]);
    expect(server.requests.map(({ headers }) => headers['if-none-match'])).toEqual([undefined, '"7"']);
  });
});

describe('BrowserTokens', () => {
  const kept = new Map<string, string>();
  const storage = {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
    removeItem: (key: string) => void kept.delete(key),
  };
  beforeEach(() => kept.clear());

  test('stores one token per concert', () => {
    const store = new BrowserTokens(storage);
    store.set('c1', 'a');
    store.set('c2', 'b');
    store.remove('c2');
    const reloaded = new BrowserTokens(storage);
    expect([reloaded.get('c1'), reloaded.get('c2'), store.get('c2')]).toEqual(['a', undefined, undefined]);
    expect([store.isStored('c1'), store.isStored('c2')]).toEqual([true, false]);
  });

  test('restores the token that was removed last', () => {
    const store = new BrowserTokens(storage);
    store.set('c1', 'a');
    store.remove('c1');
    expect([store.restore('c1'), store.get('c1'), store.restore('c2')]).toEqual([true, 'a', false]);
  });

  test.each([
    ['access', () => denied()],
    ['writing', () => ({ ...storage, setItem: denied })],
    ['everything', () => ({ getItem: denied, setItem: denied, removeItem: denied })],
  ])('keeps tokens in memory when the storage refuses %s', (_what, refusing) => {
    const store = new BrowserTokens(refusing);
    store.set('c1', 'a');
    expect([store.get('c1'), store.isStored('c1')]).toEqual(['a', false]);
    store.remove('c1');
    expect(store.get('c1')).toBeUndefined();
  });
});

function denied(): never {
  throw new Error('the storage refuses access');
}

describe('waits', () => {
  const waits = (retryAfterMs: number, failures: number) =>
    [0, 0.5, 1].map((share) => {
      const backoff = new Backoff({ random: () => share });
      return Array.from({ length: failures }, () => backoff.next(retryAfterMs)).at(-1) ?? 0;
    });

  test.each([
    ['nothing', 0, 1, [1_000, 1_500, 2_000]],
    ['nothing after five failures', 0, 5, [1_000, 16_500, 30_000]],
    ['30 days', 2_592_000_000, 1, [24_000, 26_400, 28_800]],
    ['10 s', 10_000, 1, [10_000, 11_000, 12_000]],
    ['less than the back-off', 10, 5, [1_000, 16_500, 30_000]],
  ])('are between 1 s and 30 s if the server asks for %s', (_name, retryAfterMs, failures, expected) => {
    expect(waits(retryAfterMs, failures).map((ms) => Math.round(ms))).toEqual(expected);
  });

  test('read a date of Retry-After against the date of the response', async () => {
    const sent = 'Tue, 01 Jan 2030 00:00:00 GMT';
    server.on('GET queue', (response) =>
      problem(response, 503, 'OVERLOADED', { date: sent, 'retry-after': 'Tue, 01 Jan 2030 00:00:07 GMT' }),
    );
    expect(await failure(room.queue('c1', { attempts: 1 }))).toMatchObject({ retryAfterMs: 7_000 });
  });
});

describe("the server's clock", () => {
  const at = (seconds: number, headers: Record<string, string> = {}) => ({
    date: new Date(Date.UTC(2030, 0, 1) + seconds * 1_000).toUTCString(),
    ...headers,
  });
  const shown = () => Math.round((room.now() - Date.UTC(2030, 0, 1)) / 1_000);

  test.each([
    ['a response', [at(100)]],
    ['a response and a cached one of 40 s before', [at(100), at(60)]],
    ['a cached response with its age', [at(60, { age: '40' })]],
  ])('is read from %s', async (_name, responses) => {
    for (const headers of responses) {
      server.on('GET queue', (response) => json(response, queueOf(), headers));
      await room.queue('c1');
    }
    expect([100, 101]).toContain(shown());
  });

  test('follows a server whose clock was set back', async () => {
    server.on('GET queue', (response, _request, count) => json(response, queueOf(), at(count === 1 ? 100 : 0)));
    for (let call = 0; call < 9; call += 1) await room.queue('c1');
    expect([0, 1]).toContain(shown());
  });
});
