/** One process on nothing but Node, killed at any moment, and what its data directory says to whoever comes next. */
import { copyFile, mkdir, readFile, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { granted } from '../support/api.ts';
import { command } from '../support/command-line.ts';
import { type Acknowledged, Crowd, notInLog } from '../support/crowd.ts';
import { eventually } from '../support/eventually.ts';
import { readEvents } from '../support/fold.ts';
import { Installation } from '../support/installation.ts';
import type { ServerProcess } from '../support/server.ts';
import { expectStoredEqualsFold } from '../support/stored-state.ts';

const KILLS = process.env['TEST_FORM'] === 'full' ? 10 : 3;
const concerts = ['east', 'west', 'north'];

describe(`a server that is killed ${KILLS} times under load`, () => {
  let installation: Installation;
  let server: ServerProcess;
  const acknowledged: Acknowledged[] = [];

  beforeAll(async () => {
    installation = await Installation.create({ partitions: 3 });
    server = await installation.start();
    const first = installation.apiOf(server);
    for (const concertId of concerts) granted(await first.configure(concertId, { capacity: 5 }));
    for (let kill = 0; kill < KILLS; kill++) {
      const crowd = new Crowd(installation.apiOf(server), concerts, `life-${kill}`).start(24);
      await eventually(() => crowd.acknowledged.length > 100 + 150 * kill, { within: 30_000, every: 5 });
      await server.kill9();
      server = await installation.start();
      crowd.api = installation.apiOf(server);
      acknowledged.push(...(await crowd.stop()));
    }
  }, 180_000);
  afterAll(() => installation.close(), 30_000);

  test('has every entry that it had acknowledged, at its receipt', async () => {
    const events = await readEvents(installation);
    expect(notInLog(acknowledged, events)).toEqual([]);
  });

  test('has a log without a gap, whose stamps never fall', async () => {
    const events = await readEvents(installation);
    const next = new Map<number, { offset: number; stamp: number }>();
    for (const { record } of events) {
      const { offset, stamp } = next.get(record.partition) ?? { offset: 0, stamp: 1 };
      expect(record.offset).toBe(offset);
      expect(record.stamp).toBeGreaterThanOrEqual(stamp);
      next.set(record.partition, { offset: record.offset + 1, stamp: record.stamp });
    }
    expect(next.size).toBeGreaterThan(1);
  });

  test('holds what a fold of the log gives, and calls on', async () => {
    await expectStoredEqualsFold(installation);
    const api = installation.apiOf(server);
    await eventually(async () => granted(await api.queue('east')).waiting > 0);
    expect(await command(installation, 'projections', 'verify')).toMatchObject({ status: 0 });
    expect(await command(installation, 'audit', '--concert', 'east')).toMatchObject({ status: 0 });
  }, 60_000);

  test('refuses a second server on its data directory, by its name and that of the process', async () => {
    const second = await installation.launch();
    expect(await second.ended).toMatchObject({ status: 1 });
    expect(second.complaints).toContain(`DATA_DIRECTORY ${installation.directory}`);
    expect(second.complaints).toContain(`process ${server.pid}`);
    expect(second.complaints.trim().split('\n')).toHaveLength(1);
    expect((await server.health('ready'))?.status).toBe(200);
  }, 60_000);

  test('lets commands write through it; without it they say so, and those that read go on', async () => {
    const queue = ['queue', 'show', '--concert', 'west'];
    expect(await command(installation, 'queue', 'pause', '--concert', 'west')).toMatchObject({ status: 0 });
    const before = await command(installation, ...queue, '--json');
    expect(JSON.parse(before.out)).toMatchObject({ state: 'PAUSED' });
    expect((await command(installation, 'projections', 'rebuild')).status).toBe(0);
    await server.stop();
    const resting = await command(installation, ...queue, '--json');
    expect(JSON.parse(resting.out)).toMatchObject({ state: 'PAUSED', waiting: JSON.parse(before.out).waiting });
    expect(await command(installation, 'audit', '--concert', 'west')).toMatchObject({ status: 0 });
    const refused = [
      ['queue', 'resume', '--concert', 'west'],
      ['projections', 'rebuild'],
      ['projections', 'verify'],
      ['dlt', 'redrive', '--all'],
    ].map(async (args) => ({ args, ...(await command(installation, ...args)) }));
    for (const { args, status, err } of await Promise.all(refused)) {
      expect({ args, status }).toEqual({ args, status: 1 });
      expect(err).toContain('No server runs on DATA_DIRECTORY');
      expect(err.trim().split('\n')).toHaveLength(1);
    }
  }, 120_000);

  test.each<[string, (log: string, whole: string) => Promise<void>, RegExp]>([
    ['another file', (log) => writeFile(log, 'SQL, lies and videotape'.repeat(400)), /is not a log of concert-queue/],
    ['a file without a byte', (log) => writeFile(log, ''), /is not a log of concert-queue/],
    [
      'half of a log',
      async (log, whole) => {
        await copyFile(whole, log);
        await truncate(log, Math.floor((await readFile(whole)).length / 8192) * 4096);
      },
      /is damaged/,
    ],
    [
      'a log with one byte changed',
      async (log, whole) => {
        const bytes = await readFile(whole);
        // Wherever it lies: a page may hold what it held before, besides.
        for (let at = bytes.indexOf('life-0-50:'); at >= 0; at = bytes.indexOf('life-0-50:'))
          bytes[at] = bytes.readUInt8(at) ^ 1;
        await writeFile(log, bytes);
      },
      /is damaged: offset \d+ of partition \d+ is not what was written/,
    ],
  ])(
    'refuses %s in one line',
    async (_, damage, words) => {
      const directory = join(installation.directory, `damaged-${words.source.length}-${Math.random()}`);
      await mkdir(directory);
      const name = `${installation.topic}.sqlite`;
      await damage(join(directory, name), join(installation.directory, name));
      const refused = await installation.launch({ DATA_DIRECTORY: directory });
      expect(await refused.ended).toMatchObject({ status: 1 });
      expect(refused.complaints).toMatch(words);
      expect(refused.complaints.trim().split('\n')).toHaveLength(1);
    },
    60_000,
  );
});
