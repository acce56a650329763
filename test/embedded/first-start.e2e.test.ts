/** `npm start` on Node alone: restart after Ctrl-C and after a kill. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, expect, test } from '@jest/globals';
import { freePorts } from '../../tools/stack/ports.ts';
import { Api, granted } from '../support/api.ts';
import { buildIfStale, NODE } from '../support/build.ts';
import { eventually } from '../support/eventually.ts';
import { Foreground } from '../support/shell.ts';
import { testResources } from '../support/test-resources.ts';

const ADMIN_TOKEN = 'the-admin-token-of-the-tests-0123456789';
const resources = testResources();
let directory: string;
let api: Api;
let started: Foreground;
let environment: Readonly<Record<string, string>>;

beforeAll(async () => {
  await buildIfStale();
  directory = await mkdtemp(join(tmpdir(), 'concert-queue-first-use-'));
  resources.defer(() => rm(directory, { recursive: true, force: true }));
  const [port = 0] = await freePorts(1);
  const { PATH = '', HOME = '' } = process.env;
  environment = { PATH, HOME, PORT: `${port}`, DATA_DIRECTORY: directory, ADMIN_TOKEN };
  api = new Api(`http://127.0.0.1:${port}`, ADMIN_TOKEN, 1);
  resources.defer(() => api.close());
}, 120_000);

async function start(): Promise<void> {
  started = new Foreground(`exec '${NODE}' tools/launch.mjs start`, environment);
  resources.adopt(started, (server) => server.interrupt());
  await eventually(() => started.output.includes('Press Ctrl-C to stop'), { within: 60_000 });
}

test('keeps entries over Ctrl-C and over a kill of the server, which it reports', async () => {
  await start();
  const { entryToken, receipt } = granted(await api.requestEntry('demo', 'ann'));
  const thereAgain = async () =>
    eventually(async () => {
      const entry = granted(await api.myEntry('demo', entryToken));
      expect(entry).toMatchObject({ userId: 'ann', state: 'READY', receipt });
    });
  await thereAgain();
  await started.interrupt();
  expect(started.status).toBe(0);
  await start();
  await thereAgain();
  process.kill(Number(await readFile(join(directory, 'server.pid'), 'utf8')), 'SIGKILL');
  await eventually(() => !started.alive);
  expect([started.status, started.output]).toEqual([1, expect.stringContaining('The server was stopped by SIGKILL.')]);
  await start();
  await thereAgain();
}, 200_000);

test('keeps the configuration of the demo concert, and opens it if paused', async () => {
  granted(await api.configure('demo', { capacity: 7 }));
  granted(await api.changeState('demo', 'pause'));
  await started.interrupt();
  await start();
  expect(granted(await api.queue('demo'))).toMatchObject({ state: 'OPEN', policy: { capacity: 7 } });
}, 60_000);
