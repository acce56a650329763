import type { ServerResponse } from 'node:http';
import { beforeEach, describe, expect, test } from '@jest/globals';
import {
  type Entry,
  type FollowOptions,
  QueueProblem,
  type QueueStatus,
  WaitingRoom,
} from '../../clients/typescript/src/index.ts';
import { resourcesOfEachTest } from '../support/test-resources.ts';
import { entryOf, json, problem, queueOf, ScriptedRoom, stream } from './scripted-room.ts';

const ofTest = resourcesOfEachTest();
let server: ScriptedRoom;
let room: WaitingRoom;
let stop: AbortController;
beforeEach(async () => {
  server = ofTest().use(await ScriptedRoom.open());
  room = new WaitingRoom({ baseUrl: server.url, backoff: { firstMs: 1 } });
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

/** `Last-Event-ID` of each stream. */
const streamsResumedAfter = () =>
  server.requests
    .filter(({ headers }) => headers.accept === 'text/event-stream')
    .map(({ headers }) => headers['last-event-id']);

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
    server.on('GET me', (response) => json(response, waiting(1)));
    server.on('GET events', (response, _request, count) => {
      const { tell, end } = stream(response);
      if (count === 1) {
        tell(waiting(1), '0/50');
        end();
      } else tell(entryOf('LEFT'), '0/51');
    });
    expect((await updates()).filter((line) => line.startsWith('lost'))).toEqual([]);
    expect(streamsResumedAfter()).toEqual([undefined, '0/50']);
  });

  test('reconnects when the stream is silent for too long', async () => {
    server.on('GET events', (response, _request, count) => {
      const { tell } = stream(response);
      tell(count === 1 ? waiting(1) : entryOf('LEFT'));
    });
    expect((await updates({ silentMs: 50 })).at(-1)).toBe('stream LEFT');
    expect(server.times('GET events')).toBe(2);
  });

  test('is connected again after a reset, also if nothing has changed', async () => {
    server.on('GET me', (response) => response.destroy());
    server.on('GET events', (response, _request, count) => {
      if (count === 1) {
        stream(response).tell(waiting(1));
        setTimeout(() => response.destroy(), 50);
      } else if (server.times('GET me') === 0) response.destroy();
      else {
        const { tell } = stream(response);
        response.write(': heartbeat\n\n');
        setTimeout(() => tell(entryOf('LEFT')), 50);
      }
    });
    const lines = ['stream WAITING 1', 'lost WAITING 1', 'stream WAITING 1', 'stream LEFT'];
    expect(await updates()).toEqual(lines);
  });

  test('passes on the state and notice of the queue, which are no updates of the entry', async () => {
    const notice = { texts: { en: 'Late.' }, postedAt: '2026-12-01T11:00:00.000Z' };
    server.on('GET events', (response) => {
      const { tell, tellQueue } = stream(response);
      tellQueue({ state: 'PAUSED', notice });
      tell(waiting(1), '0/50');
      tellQueue({ state: 'OPEN' });
      tell(entryOf('LEFT'), '0/51');
    });
    const queues: QueueStatus[] = [];
    expect(await updates({ onQueue: (queue) => queues.push(queue) })).toEqual(['stream WAITING 1', 'stream LEFT']);
    expect(queues).toEqual([{ state: 'PAUSED', notice }, { state: 'OPEN' }]);
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

  test('rejects with the reason of the signal when aborted', async () => {
    server.on('GET events', (response) => stream(response).tell(waiting(1)));
    const result = updates();
    stop.abort(new Error('enough'));
    await expect(result).rejects.toThrow('enough');
  });
});

describe('a rejected token', () => {
  const reject = (response: ServerResponse) => problem(response, 401, 'UNAUTHENTICATED');

  test('fails once the rejection was repeated after a pause', async () => {
    server.on('GET me', reject).on('GET events', reject);
    await expect(updates({ confirmMs: 100 })).rejects.toThrow(QueueProblem);
    expect(server.calls.length).toBeGreaterThan(1);
  });

  test('is used again after the rejection of one replica', async () => {
    server.on('GET events', reject);
    server.on('GET me', (response, _request, count) =>
      count <= 3 ? reject(response) : json(response, entryOf(count === 4 ? 'READY' : 'LEFT')),
    );
    expect(await updates({ confirmMs: 60_000 })).toEqual(['polling READY', 'polling LEFT']);
  });

  test('a success in between cancels the rejection before it', async () => {
    server.on('GET events', (response) => response.writeHead(404).end());
    server.on('GET me', (response, _request, count) => {
      if (count === 20) json(response, entryOf('LEFT'));
      else if (count % 2 === 0) json(response, waiting(1));
      else setTimeout(() => reject(response), 20);
    });
    expect((await updates({ confirmMs: 100 })).at(-1)).toBe('polling LEFT');
  });
});

describe('a stream that withholds its body', () => {
  const withhold = (response: ServerResponse) =>
    response.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders();

  test('delays nothing, and is not tried again for a while', async () => {
    server.on('GET events', withhold);
    server.on('GET me', (response, _request, count) =>
      json(response, count < 8 ? waiting(8 - count) : entryOf('LEFT')),
    );
    const seen = await updates({ firstByteMs: 20 });
    expect(seen).toEqual([...[7, 6, 5, 4, 3, 2, 1].map((ahead) => `polling WAITING ${ahead}`), 'polling LEFT']);
    expect(server.times('GET events')).toBe(2);
    server.on('GET me', (response) => json(response, entryOf('LEFT')));
    await updates();
    expect(server.times('GET events')).toBe(2); // the room remembers
  });

  test('is noticed also after the first events', async () => {
    server.on('GET events', (response) => stream(response).tell(waiting(1)));
    server.on('GET me', (response) => json(response, entryOf('READY')));
    for await (const { entry } of room.follow('c1', { signal: stop.signal })) if (entry.state === 'READY') break;
    expect(server.calls).toEqual(['GET events', 'GET me']);
  }, 20_000);
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
    expect((await updates()).at(-1)).toBe('stream LEFT');
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
