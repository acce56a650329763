/** kill -9 of a process with the embedded log under load, and the state of its data directory. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { granted } from '../support/api.ts';
import { command } from '../support/command-line.ts';
import { eventually } from '../support/eventually.ts';
import { readEvents } from '../support/fold.ts';
import { Installation } from '../support/installation.ts';
import type { ServerProcess } from '../support/server.ts';
import { type Acknowledged, EntryLoad, notInLog } from '../support/simulated-users.ts';
import { expectStoredEqualsFold } from '../support/stored-state.ts';
import { testResources } from '../support/test-resources.ts';

const KILLS = process.env['TEST_FORM'] === 'full' ? 10 : 3;
const concerts = ['east', 'west', 'north'];
const done = { status: 0, out: expect.any(String), err: '' };

describe('an exception that nothing catches', () => {
  const resources = testResources();
  const preload = join(import.meta.dirname, '..', 'support', 'exception-on-signal.mjs');

  test.each([
    ['SIGUSR2', 'thrown by the test'],
    ['SIGWINCH', 'rejected by the test'],
  ] as const)('ends the process with one line, and no entry is lost (%s)', async (signal, message) => {
    const installation = resources.use(await Installation.create());
    const server = await installation.start({ NODE_OPTIONS: `--import ${preload}` });
    const api = installation.apiOf(server);
    granted(await api.configure('east'));
    const { receipt, entryToken } = granted(await api.requestEntry('east', 'ann'));
    process.kill(server.pid ?? 0, signal);
    expect(await server.ended).toEqual({ status: 1, signal: null });
    expect(server.output).toContain('the process ends: an exception was not caught');
    expect(server.complaints).toContain(`concert-queue: Error: ${message}`);
    const again = installation.apiOf(await installation.start());
    expect(granted(await again.myEntry('east', entryToken)).receipt).toEqual(receipt);
  });
});

describe(`a server that is killed ${KILLS} times under load`, () => {
  const resources = testResources();
  let installation: Installation;
  let server: ServerProcess;
  const acknowledged: Acknowledged[] = [];

  beforeAll(async () => {
    installation = resources.use(await Installation.create({ partitions: 3 }));
    server = await installation.start();
    const first = installation.apiOf(server);
    for (const concertId of concerts) granted(await first.configure(concertId, { capacity: 5 }));
    for (let kill = 0; kill < KILLS; kill++) {
      const load = new EntryLoad(installation.apiOf(server), concerts, `run-${kill}`).start(24);
      await eventually(() => load.acknowledged.length > 100 + 150 * kill, { within: 30_000, every: 5 });
      await server.kill9();
      server = await installation.start();
      load.api = installation.apiOf(server);
      acknowledged.push(...(await load.stop()));
    }
  }, 180_000);

  test('has every acknowledged entry at its receipt', async () => {
    const events = await readEvents(installation);
    expect(notInLog(acknowledged, events)).toEqual([]);
  });

  test('has a log without gaps and with non-decreasing timestamps', async () => {
    const events = await readEvents(installation);
    const next = new Map<number, { offset: number; timestamp: number }>();
    for (const { record } of events) {
      const { offset, timestamp } = next.get(record.partition) ?? { offset: 0, timestamp: 1 };
      expect(record.offset).toBe(offset);
      expect(record.timestamp).toBeGreaterThanOrEqual(timestamp);
      next.set(record.partition, { offset: record.offset + 1, timestamp: record.timestamp });
    }
    expect(next.size).toBeGreaterThan(1);
  });

  test('has a view that equals the fold, and continues to admit', async () => {
    await expectStoredEqualsFold(installation);
    const api = installation.apiOf(server);
    await eventually(async () => granted(await api.queue('east')).waiting > 0);
    const [verified, audited] = await Promise.all([
      command(installation, 'projections', 'verify'),
      command(installation, 'audit', '--concert', 'east'),
    ]);
    expect([verified, audited]).toEqual([done, done]);
  }, 60_000);

  test('rejects a second server on its data directory, naming directory and process', async () => {
    const second = await installation.launch();
    expect(await second.ended).toMatchObject({ status: 1 });
    expect(second.complaints).toContain(`DATA_DIRECTORY ${installation.directory}`);
    expect(second.complaints).toContain(`process ${server.pid}`);
    expect(second.complaints.trim().split('\n')).toHaveLength(1);
    expect((await server.health('ready'))?.status).toBe(200);
  }, 60_000);

  test('lets commands write through it; without it they fail, but reading commands work', async () => {
    const show = ['queue', 'show', '--concert', 'west', '--json'];
    expect(await command(installation, 'queue', 'pause', '--concert', 'west')).toEqual(done);
    const [before, rebuilt] = await Promise.all([
      command(installation, ...show),
      command(installation, 'projections', 'rebuild'),
    ]);
    expect(JSON.parse(before.out)).toMatchObject({ state: 'PAUSED' });
    expect(rebuilt.status).toBe(0);
    await server.stop();
    const [resting, audited, ...refused] = await Promise.all([
      command(installation, ...show),
      command(installation, 'audit', '--concert', 'west'),
      command(installation, 'queue', 'resume', '--concert', 'west'),
      command(installation, 'projections', 'rebuild'),
      command(installation, 'projections', 'verify'),
      command(installation, 'dlt', 'redrive', '--all'),
    ]);
    expect(JSON.parse(resting.out)).toMatchObject({ state: 'PAUSED', waiting: JSON.parse(before.out).waiting });
    expect(audited).toEqual(done);
    const noServer = expect.stringMatching(/^[^\n]*No server runs on DATA_DIRECTORY[^\n]*\n$/);
    expect(refused).toEqual(refused.map(() => ({ status: 1, out: '', err: noServer })));
  }, 120_000);

  test('reports to topic and schema commands that it has neither', async () => {
    const lines = ['topics create', 'schemas register', 'schemas check --against-registry'];
    const refused = await Promise.all(lines.map((line) => command(installation, ...line.split(' '))));
    const err = expect.stringMatching(/^concert-queue: EVENT_LOG is embedded: [^\n]*\n$/);
    expect(refused).toEqual(refused.map(() => ({ status: 1, out: '', err })));
    expect(await command(installation, 'schemas', 'check')).toEqual(done);
  }, 60_000);

  test('rejects a file that is not its log, and one with a changed byte, in one line', async () => {
    const folders = ['another-file', 'a-byte-changed'].map((name) => join(installation.directory, name));
    const [another = '', changed = ''] = folders.map((folder) => join(folder, `${installation.topic}.sqlite`));
    for (const folder of folders) await mkdir(folder);
    await writeFile(another, 'SQL, lies and videotape'.repeat(400));
    const bytes = await readFile(join(installation.directory, `${installation.topic}.sqlite`));
    // Change every copy: a page may also hold old content.
    for (let at = bytes.indexOf('run-0-50:'); at >= 0; at = bytes.indexOf('run-0-50:'))
      bytes[at] = bytes.readUInt8(at) ^ 1;
    await writeFile(changed, bytes);
    const refused = await Promise.all(folders.map((folder) => installation.launch({ DATA_DIRECTORY: folder })));
    const endings = await Promise.all(refused.map(({ ended }) => ended));
    expect(endings.map(({ status }) => status)).toEqual([1, 1]);
    expect(refused.map(({ complaints }) => complaints)).toEqual([
      expect.stringMatching(/^[^\n]* is not a log of concert-queue[^\n]*\n$/),
      expect.stringMatching(/^[^\n]* is damaged: offset \d+ of partition \d+ is not what was written[^\n]*\n$/),
    ]);
  }, 60_000);
});
