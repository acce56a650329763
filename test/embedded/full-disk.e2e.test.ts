/** A process whose disk fills up under load, and its recovery when there is space again. */
import { beforeAll, describe, expect, test } from '@jest/globals';
import { type Entry, type Exchange, granted } from '../support/api.ts';
import { eventually } from '../support/eventually.ts';
import { readEvents } from '../support/fold.ts';
import { Installation } from '../support/installation.ts';
import { DISKS_CAN_BE_MOUNTED, type LimitedDisk, limitedDisk } from '../support/limited-disk.ts';
import type { ServerProcess } from '../support/server.ts';
import { EntryLoad, notInLog } from '../support/simulated-users.ts';
import { expectStoredEqualsFold } from '../support/stored-state.ts';
import { testResources } from '../support/test-resources.ts';

const CONCERT = 'rush';
const REFUSED = '503 LOG_UNAVAILABLE';

const resources = testResources();
let installation: Installation;
let disk: LimitedDisk;
let server: ServerProcess;
let load: EntryLoad;
const exchanges: Exchange[] = [];

beforeAll(async () => {
  installation = resources.use(await Installation.create());
  if (!installation.local) throw new Error('there is no log on this machine');
  disk = resources.adopt(limitedDisk(installation.local), (one) => one.close());
  resources.defer(() => installation.stop());
  server = await installation.start();
  const api = installation.apiOf(server);
  granted(await api.configure(CONCERT, { capacity: 5, admissionsPerMinute: 600 }));
  load = new EntryLoad(api, [CONCERT], 'fan');
  load.api.observe = (exchange) => void exchanges.push(exchange);
  load.start(8, 5);
  await accepted(50);
  await eventually(async () => (await first()).state === 'READY');
}, 60_000);

/** The entry of the first acknowledged user. */
async function first(): Promise<Entry> {
  return granted(await load.api.myEntry(CONCERT, load.acknowledged[0]?.entryToken ?? ''));
}
/** Waits for so many more acknowledged requests. */
async function accepted(more: number): Promise<void> {
  const before = load.accepted;
  await eventually(() => load.accepted >= before + more, { within: 30_000 });
}
async function refused(more: number): Promise<void> {
  const count = () => load.repeats.get(REFUSED) ?? 0;
  const before = count();
  await eventually(() => count() >= before + more, { within: 30_000 });
}

describe('while the disk is full', () => {
  beforeAll(async () => {
    disk.fill();
    await refused(20);
  }, 60_000);

  test('entry requests get LOG_UNAVAILABLE only', () => {
    expect([...load.repeats.keys()]).toEqual([REFUSED]);
    expect(load.wrong).toEqual([]);
    const refusals = exchanges.filter(({ status }) => status >= 400);
    expect(refusals.length).toBeGreaterThanOrEqual(20);
    expect(refusals.every(({ retryAfter }) => Number(retryAfter) >= 1)).toBe(true);
  });

  test('queue and entries are readable', async () => {
    expect((await first()).state).toBe('READY');
    expect(granted(await load.api.queue(CONCERT)).state).toBe('OPEN');
  });

  test('the process stays up and logs the reason', async () => {
    expect((await server.health('live'))?.status).toBe(200);
    expect(server.output).toMatch(/the log rejects records: database or disk is full/);
  });
});

if (DISKS_CAN_BE_MOUNTED)
  describe('a start on a full disk', () => {
    test('is live but not ready, with the reason, until there is space; no acknowledged request is lost', async () => {
      expect((await server.health('ready'))?.status).toBe(503);
      await server.kill9();
      server = await installation.launch();
      await eventually(async () => {
        const health = await server.health('ready');
        expect(health).toMatchObject({ status: 503, text: expect.stringContaining('database or disk is full') });
      });
      expect((await server.health('live'))?.status).toBe(200);
      disk.free();
      await server.ready();
      load.api = installation.apiOf(server);
      await accepted(50);
      expect(notInLog(load.acknowledged, await readEvents(installation))).toEqual([]);
      disk.fill();
      await refused(20);
    }, 90_000);
  });

test('continues when there is space again, and no acknowledged request is lost', async () => {
  disk.free();
  await accepted(50);
  expect((await server.health('ready'))?.status).toBe(200);
  const acknowledged = await load.stop();
  expect(load.wrong).toEqual([]);
  const events = await expectStoredEqualsFold(installation);
  expect(notInLog(acknowledged, events)).toEqual([]);
  const offsets = new Map<number, number>();
  for (const { record } of events) {
    expect(record.offset).toBe(offsets.get(record.partition) ?? 0);
    offsets.set(record.partition, record.offset + 1);
  }
}, 90_000);
