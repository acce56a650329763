/** A start while another process reads the log in a long transaction: SQLite cannot checkpoint the write-ahead log. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { beforeAll, expect, test } from '@jest/globals';
import { type Api, granted } from '../support/api.ts';
import { NODE } from '../support/build.ts';
import { eventually } from '../support/eventually.ts';
import { readEvents } from '../support/fold.ts';
import { Installation } from '../support/installation.ts';
import type { ServerProcess } from '../support/server.ts';
import { testResources } from '../support/test-resources.ts';

const CONCERT = 'rush';
/** Another process that reads until its standard input closes, like a slow backup. */
const READER = `
  const database = new (require('node:sqlite').DatabaseSync)(process.argv[1], { readOnly: true });
  database.exec('BEGIN');
  console.log(database.prepare('SELECT count(*) AS n FROM record').get().n);
  process.stdin.resume().on('end', () => database.close());
`;

const resources = testResources();
let installation: Installation;
let server: ServerProcess;
let reader: ChildProcess;
/** Receipt offset of each user. */
const receipts: Record<string, number> = {};

beforeAll(async () => {
  installation = resources.use(await Installation.create({ partitions: 1 }));
  server = await installation.start();
  const api = installation.apiOf(server);
  granted(await api.configure(CONCERT));
  await enter(api, 'before');
  reader = spawn(NODE, ['-e', READER, installation.local?.file ?? ''], { stdio: ['pipe', 'pipe', 'inherit'] });
  resources.adopt(reader, (one) => void one.kill());
  if (reader.stdout) await once(reader.stdout, 'data');
  await enter(api, 'beside-the-reader');
  await server.kill9();
}, 60_000);

async function enter(api: Api, userId: string): Promise<void> {
  receipts[userId] = granted(await api.requestEntry(CONCERT, userId)).receipt.offset;
}

test('is live but not ready, with the reason, until the reader ends; no acknowledged request is lost', async () => {
  server = await installation.launch();
  await eventually(
    async () => {
      const health = await server.health('ready');
      const text = expect.stringMatching(/cannot be used now: another process reads it/);
      expect(health).toMatchObject({ status: 503, text });
    },
    { within: 30_000 },
  );
  expect(server.alive).toBe(true);
  reader.stdin?.end();
  await server.ready();
  await enter(installation.apiOf(server), 'after');
  const requests = (await readEvents(installation)).flatMap(({ event, record }) =>
    event.type === 'QueueEntryRequested' ? [[event.userId, record.offset]] : [],
  );
  expect(Object.fromEntries(requests)).toEqual(receipts);
}, 90_000);
