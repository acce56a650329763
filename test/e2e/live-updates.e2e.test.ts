/** Live updates over an API process and a projector. */
import { beforeAll, describe, expect, test } from '@jest/globals';
import { type Api, type EntryAccepted, granted } from '../support/api.ts';
import { EventStream } from '../support/event-stream.ts';
import { eventually } from '../support/eventually.ts';
import { Installation } from '../support/installation.ts';
import type { ServerProcess } from '../support/server.ts';
import { testResources } from '../support/test-resources.ts';

const resources = testResources();
let installation: Installation;
let server: ServerProcess;
let api: Api;

beforeAll(async () => {
  installation = resources.use(await Installation.create());
  [server] = await Promise.all([installation.start({ ROLES: 'api' }), installation.start({ ROLES: 'projector' })]);
  api = installation.apiOf(server);
}, 120_000);

const enter = async (concertId: string, userId: string) => granted(await api.requestEntry(concertId, userId));
async function follow(concertId: string, { entryToken }: EntryAccepted, since?: string): Promise<EventStream> {
  const url = `${server.url}/v1/concerts/${concertId}/queue/entries/me/events`;
  const stream = await EventStream.open(url, entryToken, since);
  resources.defer(() => stream.close());
  return stream;
}
const states = ({ entries }: EventStream) => entries.map(({ state }) => state);
const offsets = ({ entries }: EventStream) => entries.map(({ projectedOffset }) => projectedOffset);

describe('a stream', () => {
  test('reports every state of an entry and ends with its terminal state', async () => {
    granted(await api.configure('states', { capacity: 1 }));
    granted(await api.changeState('states', 'pause'));
    const ann = await enter('states', 'ann');
    const stream = await follow('states', ann);
    await eventually(() => states(stream).includes('WAITING'));
    granted(await api.changeState('states', 'resume'));
    await eventually(() => states(stream).includes('READY'));
    const admission = granted(
      await api.ask<{ admissionToken: string }>('POST', '/v1/concerts/states/queue/entries/me/claim', {
        token: ann.entryToken,
      }),
    );
    await eventually(() => states(stream).includes('ACTIVE'));
    granted(await api.ask('POST', '/v1/admissions/complete', { token: admission.admissionToken }));
    await stream.ended;
    const seen = states(stream).filter((state) => state !== 'PENDING'); // PENDING is missing if the entry was projected before the stream opened
    expect(seen).toEqual(['WAITING', 'READY', 'ACTIVE', 'COMPLETED']);
    expect(stream.lastEventId).toBe('end');
    expect(stream.entries.at(-1)).toMatchObject({
      ...granted(await api.myEntry('states', ann.entryToken)),
      pollAfterMs: expect.any(Number),
    });
  });

  test('reports falling positions, and resumes after a disconnect', async () => {
    granted(await api.configure('line'));
    granted(await api.changeState('line', 'pause'));
    const front = [];
    for (let fan = 0; fan < 12; fan++) front.push(await enter('line', `fan-${fan}`));
    const last = await enter('line', 'last');
    const first = await follow('line', last);
    await eventually(() => first.entries.at(-1)?.position === 13);
    for (const fan of front.slice(0, 4)) granted(await api.leave('line', fan.entryToken));
    await eventually(() => first.entries.at(-1)?.position === 9);
    first.close();
    for (const fan of front.slice(4, 8)) granted(await api.leave('line', fan.entryToken));
    const second = await follow('line', last, first.lastEventId);
    await eventually(() => second.entries.at(-1)?.position === 5);
    const all = [...first.entries, ...second.entries].filter(({ position }) => position !== undefined);
    const positions = all.map(({ position = 0 }) => position);
    expect(positions).toEqual([...new Set(positions)].toSorted((a, b) => b - a));
    const seen = [...offsets(first), ...offsets(second)];
    expect(seen).toEqual([...new Set(seen)].toSorted((a, b) => a - b));

    const known = second.lastEventId;
    const third = await follow('line', last, known);
    granted(await api.leave('line', last.entryToken));
    await third.ended;
    expect(states(third).at(-1)).toBe('LEFT');
    expect(Math.min(...offsets(third))).toBeGreaterThan(Number(known));
  });

  test('updates all users of one admission', async () => {
    granted(await api.configure('load', { capacity: 40, admissionsPerMinute: 60_000 }));
    granted(await api.changeState('load', 'pause'));
    const fans = await Promise.all(Array.from({ length: 60 }, (_, fan) => enter('load', `fan-${fan}`)));
    const all = await Promise.all(fans.map(async (fan) => ({ fan, stream: await follow('load', fan) })));
    await eventually(() => all.every(({ stream }) => states(stream).includes('WAITING')));
    granted(await api.changeState('load', 'resume'));
    const called = all.toSorted((a, b) => a.fan.receipt.offset - b.fan.receipt.offset).slice(0, 40);
    await eventually(() => called.every(({ stream }) => states(stream).at(-1) === 'READY'));
    await eventually(() => {
      const waiting = all
        .filter((one) => !called.includes(one))
        .map(({ stream }) => stream.entries.at(-1)?.position ?? 0);
      return waiting.toSorted((a, b) => a - b).join() === Array.from({ length: 20 }, (_, at) => at + 1).join();
    });
    expect(all.flatMap(({ stream }) => states(stream)).filter((state) => state === 'READY')).toHaveLength(40);
  });
});

test('a stopping process ends its streams with a retry time and exits in time', async () => {
  granted(await api.configure('stop', { capacity: 1 }));
  granted(await api.changeState('stop', 'pause'));
  const another = await installation.start({ ROLES: 'api' });
  const ann = await enter('stop', 'ann');
  const url = `${another.url}/v1/concerts/stop/queue/entries/me/events`;
  const open = await Promise.all(Array.from({ length: 8 }, () => EventStream.open(url, ann.entryToken)));
  await eventually(() => open.every((stream) => states(stream).includes('WAITING')));
  expect(await another.stop()).toEqual({ status: 0, signal: null });
  await Promise.all(open.map(({ ended }) => ended));
  for (const stream of open) {
    expect(stream.lastEventId).toMatch(/^\d+$/);
    expect(stream.retry).toBeGreaterThanOrEqual(1_000);
  }
  const again = await follow('stop', ann, open[0]?.lastEventId);
  granted(await api.leave('stop', ann.entryToken));
  await again.ended;
  expect(states(again)).toEqual(['LEFT']);
}, 60_000);

test('a process rejects streams beyond LIVE_STREAM_LIMIT', async () => {
  const small = await installation.start({ ROLES: 'api', LIVE_STREAM_LIMIT: '2' });
  const ann = await enter('line', 'ann');
  const url = `${small.url}/v1/concerts/line/queue/entries/me/events`;
  const two = await Promise.all([EventStream.open(url, ann.entryToken), EventStream.open(url, ann.entryToken)]);
  await expect(EventStream.open(url, ann.entryToken)).rejects.toThrow('503 application/problem+json');
  two[0]?.close();
  const third = await eventually(() => EventStream.open(url, ann.entryToken));
  for (const stream of [...two, third]) stream.close();
}, 60_000);
