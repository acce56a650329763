import { readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { simulateConcert } from '../../src/application/operations/simulate-concert.ts';
import { granted } from '../support/api.ts';
import { command } from '../support/command-line.ts';
import { eventually } from '../support/eventually.ts';
import { Installation } from '../support/installation.ts';
import { foldedRecords, loggedRecords } from '../support/progress.ts';
import { withReplay } from '../support/replay.ts';
import { testResources } from '../support/test-resources.ts';
import { TestUsers } from './admission-users.fixtures.ts';

const USERS = process.env['TEST_FORM'] === 'full' ? 2_000 : 200;
const CAPACITY = USERS / 5;

describe(`the recorded log of ${USERS} users for ${CAPACITY} slots, a third of whom never claims`, () => {
  const resources = testResources();
  let installation: Installation;

  beforeAll(async () => {
    installation = resources.use(await Installation.create({ partitions: 2 }));
    const api = installation.apiOf(await installation.start());
    const users = new TestUsers(api, 'rush');
    const windows = { claimWindowSeconds: 2, activeWindowSeconds: 2 };
    granted(await api.configure('rush', { capacity: CAPACITY, admissionsPerMinute: 60 * CAPACITY, ...windows }));
    await users.enter(USERS);
    await users.runUntilAdmitted(120_000);
    await eventually(
      async () => {
        const { ready, active } = await users.document();
        return ready + active === 0;
      },
      { within: 30_000, every: 200 },
    );
    await eventually(async () => (await foldedRecords(installation)) === (await loggedRecords(installation)));
  }, 180_000);

  test('is simulated with the same order of admissions, each within 2 s of the record', async () => {
    const { entries, simulated, recorded } = await withReplay(installation, ({ ports }) =>
      simulateConcert(ports, 'rush', {}, 1),
    );
    expect(simulated).toMatchObject({ entries: USERS, called: USERS, completed: recorded.completed });
    const order = (which: 'recorded' | 'simulated') =>
      entries.map((entry) => entry[which]).toSorted((a, b) => (a?.calledAt ?? 0) - (b?.calledAt ?? 0));
    const places = (which: 'recorded' | 'simulated') => order(which).map((act) => act?.place);
    expect(places('simulated')).toEqual(places('recorded'));
    const apart = entries.map((entry) =>
      Math.abs((entry.simulated?.calledAt ?? Number.NaN) - (entry.recorded?.calledAt ?? Number.NaN)),
    );
    expect(Math.max(...apart)).toBeLessThanOrEqual(2_000);
  }, 30_000);

  test('has shorter simulated waiting times with five times the capacity, in JSON, text and chart', async () => {
    const file = join(tmpdir(), `${installation.prefix}waits.svg`);
    const changes = `capacity=${CAPACITY * 5},admissionsPerMinute=${CAPACITY * 300}`;
    const args = ['events', 'simulate', '--concert', 'rush', '--policy', changes, '--svg', file];
    const result = await command(installation, ...args, '--json');
    expect(result).toMatchObject({ status: 0, err: '' });
    const { recorded, simulated } = JSON.parse(result.out);
    expect(simulated.waits.p50).toBeLessThan(recorded.waits.p50 / 2);
    // Single changes give the same result.
    const one = [
      'events',
      'simulate',
      '--concert',
      'rush',
      ...changes.split(',').flatMap((each) => ['--policy', each]),
    ];
    expect(JSON.parse((await command(installation, ...one, '--json')).out)).toEqual(JSON.parse(result.out));
    const words = await command(installation, ...args);
    expect(words.out).toMatch(/^median wait +[\d.ms]+ +[\d.ms]+$/m);
    const svg = await readFile(file, 'utf8');
    await rm(file);
    expect(svg).toMatch(/^<svg [^]*<\/svg>\n$/);
    expect(svg.match(/<polyline/g)).toHaveLength(2);
  }, 30_000);

  test('rejects a policy with an unknown field', async () => {
    const { status, err } = await command(
      installation,
      'events',
      'simulate',
      '--concert',
      'rush',
      '--policy',
      'size=3',
    );
    expect(status).toBe(1);
    expect(err).toMatch(/^concert-queue: INVALID_REQUEST: --policy: size is not one of capacity, /);
  }, 30_000);
});
