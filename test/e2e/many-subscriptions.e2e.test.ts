/** Memory and delivery of many event streams in one process. */
import { readFile } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { beforeAll, expect, test } from '@jest/globals';
import { type Api, granted } from '../support/api.ts';
import { eventually } from '../support/eventually.ts';
import { Installation } from '../support/installation.ts';
import type { ServerProcess } from '../support/server.ts';
import { type Acknowledged, EntryLoad, inParallel } from '../support/simulated-users.ts';
import { testResources } from '../support/test-resources.ts';

const STREAMS = process.env['TEST_FORM'] === 'full' ? 10_000 : 1_000;
const MAX_MEGABYTES = 500;

/** A minimal stream client: thousands of them must fit into the test process. */
class BareStream {
  position: number | undefined;
  ended = false;
  #rest = '';
  private constructor(readonly socket: Socket) {
    socket.setEncoding('latin1').on('data', (text: string) => this.#read(text));
    socket.once('close', () => (this.ended = true));
    socket.on('error', () => undefined); // `close` follows
  }

  static open(url: string, path: string, token: string): Promise<BareStream> {
    const { hostname, port } = new URL(url);
    return new Promise((resolve, reject) => {
      const socket = connect(Number(port), hostname, () => {
        socket.write(`GET ${path} HTTP/1.1\r\nHost: ${hostname}\r\nAuthorization: Bearer ${token}\r\n\r\n`);
        resolve(new BareStream(socket));
      });
      socket.once('error', reject);
    });
  }

  #read(text: string): void {
    this.#rest = (this.#rest + text).slice(-600);
    const position = [...this.#rest.matchAll(/"position":(\d+),/g)].at(-1)?.[1];
    if (position) this.position = Number(position);
    if (this.#rest.endsWith('\r\n0\r\n\r\n')) this.ended = true;
  }
}

const resources = testResources();
let server: ServerProcess;
let api: Api;
let fans: readonly Acknowledged[] = [];
const streams: BareStream[] = [];

beforeAll(async () => {
  const installation = resources.use(await Installation.create());
  resources.defer(() => {
    for (const { socket } of streams) socket.destroy();
  });
  server = await installation.start({ ROLES: 'api' });
  const folding = await installation.start({ ROLES: 'api,projector' });
  api = installation.apiOf(folding); // the measured process only streams
  granted(await api.configure('load'));
  granted(await api.changeState('load', 'pause'));
  const load = new EntryLoad(api, ['load'], 'fan');
  await inParallel(Array(STREAMS).keys(), 64, (fan) => load.enter('load', `fan-${fan}`));
  fans = load.acknowledged.toSorted((a, b) => a.receipt.offset - b.receipt.offset);
}, 180_000);

async function megabytes(): Promise<number> {
  const status = await readFile(`/proc/${server.pid}/status`, 'utf8');
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]) / 1_024;
}

test(`${STREAMS} streams in one process stay within ${MAX_MEGABYTES} MB, and each reports its position`, async () => {
  expect(fans).toHaveLength(STREAMS);
  const before = await megabytes();
  const from = performance.now();
  await inParallel(fans, 100, async ({ entryToken }) => {
    streams.push(await BareStream.open(server.url, '/v1/concerts/load/queue/entries/me/events', entryToken));
  });
  const allReported = (first: number) =>
    streams.reduce((sum, { position = 0 }) => sum + position, 0) === sumFrom(first);
  await eventually(() => allReported(1), { within: 60_000, every: 100 });
  const opened = performance.now();
  const open = await megabytes();

  const [front] = fans;
  if (!front) throw new Error('no user entered');
  granted(await api.leave('load', front.entryToken));
  const left = performance.now();
  // The front user has left with position 1; all others have moved up by one.
  await eventually(() => streams.reduce((sum, { position = 0 }) => sum + position, 0) === sumFrom(1) - (STREAMS - 1), {
    within: 60_000,
    every: 50,
  });
  const moved = performance.now();
  await eventually(() => streams.filter(({ ended }) => ended).length === 1);
  const after = await megabytes();
  process.stdout.write(
    `${STREAMS} streams: ${before.toFixed(0)} MB before, ${open.toFixed(0)} MB open, ${after.toFixed(0)} MB after a change; ` +
      `all opened with a position in ${(opened - from).toFixed(0)} ms, all updated in ${(moved - left).toFixed(0)} ms\n`,
  );
  expect(Math.max(open, after)).toBeLessThan(MAX_MEGABYTES);
  expect((after - before) / STREAMS).toBeLessThan(0.05); // MB each
}, 180_000);

test('ends all streams when the process stops', async () => {
  expect(await server.stop()).toEqual({ status: 0, signal: null });
  await eventually(() => streams.every(({ ended }) => ended));
}, 60_000);

/** The sum of all positions, starting at `first`. */
function sumFrom(first: number): number {
  return (STREAMS * (2 * first + STREAMS - 1)) / 2;
}
