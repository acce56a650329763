import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { STACK_PARAMETERS, seedOfThisRun } from '../history/parameters.ts';
import { simulateUsers } from '../history/simulated-users.ts';
import { StackApiDriver } from '../history/stack-api-driver.ts';
import { Installation } from '../support/installation.ts';
import { expectStoredEqualsFold } from '../support/stored-state.ts';
import { testResources } from '../support/test-resources.ts';
import { keepResult } from './results.ts';

/** 20 minutes in the full form, one minute in the short form; SOAK_SECONDS overrides both. */
const FULL = process.env['FAULTS'] !== undefined;
const SECONDS = Number(process.env['SOAK_SECONDS'] ?? (FULL ? 1_200 : 60));
/** For start-up and for the remaining users at the end, on a loaded machine. */
const SETUP_MS = 300_000;
const REPORT_RESOURCES = `--import ${join(import.meta.dirname, 'preloads', 'report-resources.mjs')}`;
/** Relative to the second quarter of the time; the first quarter is warm-up. */
const MAX_GROWTH = { heapBytes: 0.25, residentBytes: 0.4, timers: 0.5, files: 0.25, keys: 0.25 };
/** Absolute tolerance, for small numbers. */
const TOLERANCE = { heapBytes: 10e6, residentBytes: 60e6, timers: 30, files: 15, keys: 10 };
const KINDS = ['heapBytes', 'residentBytes', 'timers', 'files', 'keys'] as const;
type Sample = Partial<Record<(typeof KINDS)[number], number>>;

describe(`users entering and leaving for ${SECONDS} s`, () => {
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
        installation.launch({ ROLES: role, NODE_OPTIONS: REPORT_RESOURCES, RESOURCES_FILE: fileOf(role) });
      const [api, projector] = await Promise.all([start('api'), start('projector')]);
      await Promise.all([api.ready(60_000), projector.ready(60_000)]);
      const keys: Sample[] = [];
      const size = {
        ...STACK_PARAMETERS,
        usersPerConcert: 40,
        thinkMs: 700,
        entries: 1_000_000,
        forMs: SECONDS * 1_000,
      };
      const driver = new StackApiDriver(installation.apiOf(api), installation.adminToken);
      await simulateUsers(driver, seedOfThisRun(), size, async () => {
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
    SECONDS * 1_000 + SETUP_MS,
  );

  test('do not increase memory, descriptors, timers or Redis keys', () => {
    const grown: string[] = [];
    const seen: string[] = [];
    for (const [who, all] of samples) {
      for (const kind of KINDS) {
        const of = (from: number, to: number): number => medianOf(all.slice(all.length * from, all.length * to), kind);
        const [before, after] = [of(0.25, 0.5), of(0.75, 1)];
        if (Number.isNaN(before)) continue;
        const words = `${who}: ${kind} ${formatValue(kind, before)} to ${formatValue(kind, after)}`;
        seen.push(words);
        if (!(after <= before * (1 + MAX_GROWTH[kind]) + TOLERANCE[kind])) grown.push(words);
      }
    }
    expect(seen.length).toBeGreaterThanOrEqual(9);
    const result = { fault: `soak of ${SECONDS} s`, phase: 'under way', seen: seen.join('; ') } as const;
    if (FULL) keepResult({ ...result, lastedMs: SECONDS * 1_000, healedMs: null, failures: grown });
    expect(grown).toEqual([]);
  });

  test('leave a view that equals the fold of the log', async () => {
    await expectStoredEqualsFold(installation, 60_000);
  }, 120_000);
});

function medianOf(samples: readonly Sample[], kind: keyof Sample): number {
  const sorted = samples.flatMap((sample) => sample[kind] ?? []).toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

function formatValue(kind: keyof Sample, value: number): string {
  return kind.endsWith('Bytes') ? `${Math.round(value / 1e6)} MB` : `${value}`;
}
