import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { ON_THE_STACK, seedOfThisRun } from '../history/parameters.ts';
import { sendCrowd } from '../history/simulated-users.ts';
import { StackDoor } from '../history/stack-api-driver.ts';
import { Installation } from '../support/installation.ts';
import { expectStoredEqualsFold } from '../support/stored-state.ts';
import { testResources } from '../support/test-resources.ts';
import { keepResult } from './results.ts';

/** In full 20 minutes; in the short form one. SOAK_SECONDS: another length. */
const FULL = process.env['FAULTS'] !== undefined;
const SECONDS = Number(process.env['SOAK_SECONDS'] ?? (FULL ? 1_200 : 60));
/** For starting, and for all to get through and go, on a machine that others use too. */
const AROUND_MS = 300_000;
const TELLS = `--import ${join(import.meta.dirname, 'preloads', 'report-resources.mjs')}`;
/** Of what is held in the second quarter of the time: the first is for getting going. */
const MAY_GROW = { heapBytes: 0.25, residentBytes: 0.4, timers: 0.5, files: 0.25, keys: 0.25 };
/** Added to that: small numbers swing. */
const SWING = { heapBytes: 10e6, residentBytes: 60e6, timers: 30, files: 15, keys: 10 };
const KINDS = ['heapBytes', 'residentBytes', 'timers', 'files', 'keys'] as const;
type Sample = Partial<Record<(typeof KINDS)[number], number>>;

describe(`people who come and go for ${SECONDS} s`, () => {
  const resources = testResources();
  let installation: Installation;
  const samples = new Map<string, readonly Sample[]>();

  beforeAll(
    async () => {
      const folder = await mkdtemp(join(tmpdir(), 'soak-'));
      resources.defer(() => rm(folder, { recursive: true, force: true }));
      installation = resources.use(await Installation.create({ partitions: 2 }));
      const fileOf = (role: string): string => join(folder, role);
      const start = (role: string) =>
        installation.start({ ROLES: role, NODE_OPTIONS: TELLS, RESOURCES_FILE: fileOf(role) });
      const [api] = await Promise.all([start('api'), start('projector')]);
      const keys: Sample[] = [];
      const size = { ...ON_THE_STACK, usersPerConcert: 40, thinkMs: 700, entries: 1_000_000, forMs: SECONDS * 1_000 };
      const door = new StackDoor(installation.apiOf(api), installation.adminToken);
      await sendCrowd(door, seedOfThisRun(), size, async () => {
        for (const end = performance.now() + SECONDS * 1_000; performance.now() < end; await pause(1_000)) {
          keys.push({ keys: (await installation.redis.keys(`${installation.prefix}*`)).length });
        }
      });
      samples.set('Redis', keys);
      for (const role of ['api', 'projector']) {
        const lines = (await readFile(fileOf(role), 'utf8')).trim().split('\n');
        samples.set(
          role,
          lines.slice(0, SECONDS).map((line): Sample => JSON.parse(line)),
        );
      }
    },
    SECONDS * 1_000 + AROUND_MS,
  );

  test('leave the processes with as much memory, as many handles and timers, and Redis with as many keys', () => {
    const grown: string[] = [];
    const seen: string[] = [];
    for (const [who, all] of samples) {
      for (const kind of KINDS) {
        const of = (from: number, to: number): number => medianOf(all.slice(all.length * from, all.length * to), kind);
        const [before, after] = [of(0.25, 0.5), of(0.75, 1)];
        if (Number.isNaN(before)) continue;
        const words = `${who}: ${kind} ${shown(kind, before)} to ${shown(kind, after)}`;
        seen.push(words);
        if (!(after <= before * (1 + MAY_GROW[kind]) + SWING[kind])) grown.push(words);
      }
    }
    expect(seen.length).toBeGreaterThanOrEqual(9);
    const result = { fault: `soak of ${SECONDS} s`, phase: 'under way', seen: seen.join('; ') } as const;
    if (FULL) keepResult({ ...result, lastedMs: SECONDS * 1_000, healedMs: null, failures: grown });
    expect(grown).toEqual([]);
  });

  test('leave the view as the log has it', async () => {
    await expectStoredEqualsFold(installation, 60_000);
  }, 120_000);
});

function medianOf(samples: readonly Sample[], kind: keyof Sample): number {
  const sorted = samples.flatMap((sample) => sample[kind] ?? []).toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

function shown(kind: keyof Sample, value: number): string {
  return kind.endsWith('Bytes') ? `${Math.round(value / 1e6)} MB` : `${value}`;
}
