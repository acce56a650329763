/** A record of the embedded log whose timestamp is far ahead. */
import { DatabaseSync } from 'node:sqlite';
import { expect, test } from '@jest/globals';
import { recordOf, rowOf } from '../../src/infrastructure/driven/embedded/log-format.ts';
import { type Api, granted } from '../support/api.ts';
import { cli, cliJson } from '../support/command-line.ts';
import { eventually } from '../support/eventually.ts';
import { Installation } from '../support/installation.ts';
import { readStream } from '../support/local-log.ts';
import { testResources } from '../support/test-resources.ts';

const C = 'seoul';
const HOUR_MS = 3_600_000;
const YEAR_MS = 365 * 24 * HOUR_MS;
const POLICY = { capacity: 1, claimWindowSeconds: 60, activeWindowSeconds: 600, admissionsPerMinute: 600 };
const resources = testResources();

interface TimedEntry {
  readonly state: string;
  readonly claimBy?: string;
  readonly activeUntil?: string;
}

const entryOf = async (api: Api, token: string): Promise<TimedEntry> => granted(await api.myEntry(C, token));
const claim = (api: Api, token: string) => api.ask('POST', `/v1/concerts/${C}/queue/entries/me/claim`, { token });
const isSoon = (time: string | undefined) => Math.abs(Date.parse(time ?? '') - Date.now()) < HOUR_MS;

/** A running sale: ann is ACTIVE, bo waits. */
async function sale(settings: Readonly<Record<string, string>> = {}) {
  const installation = resources.use(await Installation.create({ partitions: 1 }));
  const server = await installation.start(settings);
  const api = installation.apiOf(server);
  granted(await api.configure(C, POLICY));
  const ann = granted(await api.requestEntry(C, 'ann')).entryToken;
  await eventually(async () => (await entryOf(api, ann)).state === 'READY');
  granted(await claim(api, ann));
  await eventually(async () => (await entryOf(api, ann)).state === 'ACTIVE');
  const bo = granted(await api.requestEntry(C, 'bo')).entryToken;
  await eventually(async () => (await entryOf(api, bo)).state === 'WAITING');
  await server.stop();
  return { installation, ann, bo };
}

/** Appends a copy of the last record, stamped `aheadMs` ahead. @returns its offset */
function appendAhead(installation: Installation, aheadMs: number): number {
  const database = new DatabaseSync(installation.local?.file ?? '');
  const statement = database.prepare('SELECT * FROM record WHERE partition = 0 ORDER BY offset DESC LIMIT 1');
  statement.setReturnArrays(true);
  const last = recordOf(statement.get() as unknown as Parameters<typeof recordOf>[0]); // in table order
  const row = rowOf({ ...last, offset: last.offset + 1, timestamp: Date.now() + aheadMs });
  database.prepare('INSERT INTO record VALUES (?, ?, ?, ?, ?, ?, ?)').run(...row);
  database.close();
  return last.offset + 1;
}

test('a record stamped a year ahead is found before it is folded: the sale goes on in real time, and every replay agrees', async () => {
  const { installation, ann, bo } = await sale();
  const offset = appendAhead(installation, YEAR_MS);

  const server = await installation.start();
  let api = installation.apiOf(server);
  expect(await eventually(() => entryOf(api, ann))).toMatchObject({ state: 'ACTIVE' });
  granted(await api.leave(C, ann));
  await eventually(async () => (await entryOf(api, bo)).state === 'READY');
  expect(isSoon((await entryOf(api, bo)).claimBy)).toBe(true);
  expect(server.output).toContain('a record is stamped ahead of the log');

  const audit = await cliJson(installation, `audit --concert ${C}`);
  expect(audit).toMatchObject({ passed: true, corrected: [{ offset }] });
  expect((await cli(installation, 'projections verify')).status).toBe(0);
  const tail = (await cli(installation, `events tail --from ${offset} --no-follow --json`)).out.split('\n')[0] ?? '';
  const shown: unknown = JSON.parse(tail);
  expect(shown).toMatchObject({ offset, logTime: expect.any(String), stampedAt: expect.any(String) });
  expect((await cli(installation, 'dlt list')).out).toContain('There are no dead letters.');
  await server.stop();

  api = installation.apiOf(await installation.start());
  expect(isSoon((await eventually(() => entryOf(api, bo))).claimBy)).toBe(true);
  expect(readStream({ directory: '', file: installation.local?.file ?? '' }, 'dead_letter')).toHaveLength(1);
}, 240_000);

test('log correct-time restores a queue that folded a record stamped ahead', async () => {
  const tolerant = { CLOCK_BOUND_SECONDS: `${YEAR_MS / 1_000}` };
  const { installation, ann, bo } = await sale(tolerant);
  const offset = appendAhead(installation, 30 * HOUR_MS);
  const api = installation.apiOf(await installation.start(tolerant));
  await eventually(async () => granted(await api.leave(C, ann)));
  await eventually(async () => (await entryOf(api, bo)).state === 'READY');
  expect(isSoon((await entryOf(api, bo)).claimBy)).toBe(false);

  const corrected = await cliJson(installation, `log correct-time --partition 0 --offset ${offset}`);
  expect(corrected).toMatchObject({ corrected: [{ offset }], unchanged: 0 });
  await eventually(async () => isSoon((await entryOf(api, bo)).claimBy));
  expect((await cli(installation, 'projections verify')).status).toBe(0);
  expect(await cliJson(installation, `audit --concert ${C}`)).toMatchObject({ passed: true, corrected: [{ offset }] });
  const again = await cliJson(installation, `log correct-time --partition 0 --offset ${offset}`);
  expect(again).toMatchObject({ corrected: [], unchanged: 1 });
}, 240_000);
