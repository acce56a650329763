import { beforeEach, describe, expect, test } from '@jest/globals';
import { type Entry, type FollowOptions, QueueProblem, WaitingRoom } from '../../clients/typescript/src/index.ts';
import { resourcesOfEachTest } from '../support/test-resources.ts';
import { entryOf, json, problem, queueOf, ScriptedRoom, stream } from './scripted-room.ts';

const ofTest = resourcesOfEachTest();
let server: ScriptedRoom;
let room: WaitingRoom;
let stop: AbortController;
beforeEach(async () => {
  server = ofTest().use(await ScriptedRoom.open());
  room = new WaitingRoom({ baseUrl: server.url, backoff: { firstMs: 1, mostMs: 5 } });
  stop = ofTest().adopt(new AbortController(), (one) => one.abort());
  server.on('POST entries', (response) => json(response, { entryToken: 'a.b.c' }));
  await room.enter('c1');
  server.calls.length = 0;
});

const waiting = (ahead: number, rest: Partial<Entry> = {}) =>
  entryOf('WAITING', { place: 41, position: ahead + 1, ahead, ...rest });

/** Every update up to the terminal state, as `connection STATE ahead`. */
async function updates(options: FollowOptions = {}): Promise<string[]> {
  const lines: string[] = [];
  for await (const { entry, connection } of room.follow('c1', { ...options, signal: stop.signal }))
    lines.push([connection, entry.state, entry.ahead].filter((part) => part !== undefined).join(' '));
  return lines;
}

describe('following by event stream', () => {
  test('yields each change once and ends at the terminal state', async () => {
    server.on('GET events', (response) => {
      const { tell } = stream(response);
      tell(waiting(2, { projectedOffset: 50 }));
      tell(waiting(2, { projectedOffset: 51 })); // no relevant change
      tell(waiting(9, { projectedOffset: 49 })); // from a server that is behind
      tell(waiting(1, { projectedOffset: 52 }));
      tell(entryOf('LEFT', { projectedOffset: 53 }));
    });
    expect(await updates()).toEqual(['stream WAITING 2', 'stream WAITING 1', 'stream LEFT']);
    expect(server.requests.at(-1)?.headers.authorization).toBe('Bearer a.b.c');
    expect(server.calls).toEqual(['GET events']);
  });

  test('resumes after the last event when the stream breaks', async () => {
    server.on('GET events', (response, _request, count) => {
      const { tell, end } = stream(response);
      if (count === 1) {
        tell(waiting(1), '0/50');
        end();
      } else tell(entryOf('LEFT'), '0/51');
    });
    expect(await updates()).toEqual(['stream WAITING 1', 'lost WAITING 1', 'stream LEFT']);
    expect(server.requests.slice(-2).map(({ headers }) => headers['last-event-id'])).toEqual([undefined, '0/50']);
  });

  test('reconnects when the stream is idle for too long', async () => {
    server.on('GET events', (response, _request, count) => {
      const { tell } = stream(response);
      tell(count === 1 ? waiting(1) : entryOf('LEFT'));
    });
    expect(await updates({ silentMs: 50 })).toEqual(['stream WAITING 1', 'lost WAITING 1', 'stream LEFT']);
  });

  test('closes the connection when the loop is left', async () => {
    let closed: () => void = () => undefined;
    const ended = new Promise<void>((resolve) => (closed = resolve));
    server.on('GET events', (response) => {
      response.once('close', closed);
      stream(response).tell(waiting(1));
    });
    for await (const _ of room.follow('c1')) break;
    await expect(ended).resolves.toBeUndefined();
  });

  test('fails with a QueueProblem if the token is invalid', async () => {
    server.on('GET events', (response) => problem(response, 401, 'UNAUTHENTICATED'));
    await expect(updates()).rejects.toThrow(QueueProblem);
  });

  test('rejects with the reason of the signal when aborted', async () => {
    server.on('GET events', (response) => stream(response).tell(waiting(1)));
    const result = updates();
    stop.abort(new Error('enough'));
    await expect(result).rejects.toThrow('enough');
  });
});

describe('following by polling', () => {
  test('is used if the server offers no stream', async () => {
    server.on('GET me', (response, _request, count) =>
      json(response, count < 3 ? waiting(3 - count) : entryOf('LEFT')),
    );
    expect(await updates()).toEqual(['polling WAITING 2', 'polling WAITING 1', 'polling LEFT']);
    expect(server.times('GET events')).toBe(1);
  });

  test('is used while streams break before the first event', async () => {
    server.on('GET events', (response, _request, count) => {
      if (count <= 2) response.destroy();
      else stream(response).tell(entryOf('LEFT'));
    });
    server.on('GET me', (response) => json(response, waiting(1)));
    expect(await updates({ pollForMs: 1 })).toEqual(['polling WAITING 1', 'stream LEFT']);
  });

  test('reads the queue document for an entry far back, and the entry once it is called', async () => {
    server.on('GET me', (response, _request, count) =>
      json(response, count === 1 ? waiting(5_000) : entryOf('LEFT', { place: 41 })),
    );
    server.on('GET queue', (response, _request, count) =>
      json(response, queueOf({ admittedThrough: count < 5 ? 40 : 41 })),
    );
    expect(await updates({ stream: false })).toEqual(['polling WAITING 5000', 'polling LEFT']);
    expect([server.times('GET me'), server.times('GET queue')]).toEqual([2, 5]);
  });

  test('reads a registered entry again after the draw', async () => {
    server.on('GET me', (response, _request, count) => json(response, entryOf(count === 1 ? 'REGISTERED' : 'LEFT')));
    server.on('GET queue', (response, _request, count) =>
      json(response, count < 4 ? queueOf({ state: 'SCHEDULED' }) : queueOf({ drawSeed: 'ab' })),
    );
    expect(await updates({ stream: false })).toEqual(['polling REGISTERED', 'polling LEFT']);
    expect([server.times('GET me'), server.times('GET queue')]).toEqual([2, 4]);
  });

  test('continues after the API was unavailable', async () => {
    server.on('GET me', (response, _request, count) => {
      if (count === 2) problem(response, 503, 'PROJECTION_UNAVAILABLE');
      else if (count === 3) response.destroy();
      else json(response, count === 1 ? waiting(1) : entryOf('LEFT'));
    });
    expect(await updates({ stream: false })).toEqual(['polling WAITING 1', 'lost WAITING 1', 'polling LEFT']);
  });
});
