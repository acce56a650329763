/** The highest rate that each design sustains, with cost and latency of an entry at that rate. */

import { residentBytes } from '../../tools/load/resident-bytes.ts';
import { BASELINES, type Baseline } from '../baselines/baselines.ts';
import type { BenchEnvironment } from '../support/bench-environment.ts';
import type { Budget } from '../support/budget.ts';
import { type Figures, figuresOf } from '../support/figures.ts';
import { measureEntries, type Sample } from '../support/measure.ts';
import { type Probe, RateSearch } from '../support/rate-search.ts';
import type { StepRunner } from '../support/step-runner.ts';
import type { System } from '../support/system.ts';
import { startBaseline, startConcertQueue } from '../support/systems-under-test.ts';
import { warmUp } from '../support/warm-up.ts';

export const BOUNDS_MS = [50, 200] as const;
const CONNECTIONS = 256;
/**
 * Before each measurement: after other systems ran, CPU caches are cold. The first second then costs up to three times as much,
 * and the backlog of that second would count as latency.
 */
const REWARM = { connections: 64, seconds: 3 } as const;
const ROUNDS = 2;
const RESOLUTION = 0.07;
const MAX_PROBES = 10;
/** Maximum time from the end of the load until all entries are projected. */
const PROJECTION_TIMEOUT_MS = 1000;
/** Number of lower rates to try when the found rate does not hold in the long run. */
const CONFIRMATIONS = 3;
const STEP_DOWN = 0.92;
/** In a full run, and at least. */
const CONFIRMED_SECONDS = [60, 10] as const;
const SHARE_SECONDS = [30, 6] as const;
/** A system that fails more often is left out: every failure may take minutes. */
const MAX_FAILURES = 2;

export interface Sustained {
  /** Entries per second; 0: no rate held. */
  readonly rate: number;
  readonly seconds: number;
  readonly figures?: Figures;
}

export interface RateResult {
  readonly name: string;
  readonly title: string;
  readonly saturated: Figures;
  /** Entries per second of a closed loop, including the time until all are projected. */
  readonly projectedPerSecond: number;
  /** Naive baselines: rate sustained at the first bound while their own projection keeps up. */
  readonly withProjection?: Sustained;
  readonly probes: readonly Probe[];
  /** By bound of p99, in milliseconds. */
  readonly sustained: Readonly<Record<number, Sustained>>;
  /** By percentage of the rate sustained at the first bound. */
  readonly atShares: Readonly<Record<number, Figures & { readonly visible?: Sample['load']['visible'] }>>;
  /** Bytes resident, by process. */
  readonly resident: Readonly<Record<string, number>>;
}

/** Results of a naive baseline while its projection runs. */
interface WithProjection {
  readonly projectedPerSecond: number;
  readonly sustained: Sustained;
}

interface MeasuredSystem {
  readonly system: System;
  /** Whether other systems are measured in between. */
  readonly alternates: boolean;
  readonly withProjection: WithProjection | undefined;
  saturation: Sample[];
  search: RateSearch;
  sustained: Record<number, Sustained>;
  atShares: Record<number, Figures & { readonly visible?: Sample['load']['visible'] }>;
  resident: RateResult['resident'];
  failures: number;
}

type MeasureSystem = (one: MeasuredSystem) => Promise<void>;
/** Runs a measurement on all systems, one after the other. */
type Alternate = (what: string, measureOne: MeasureSystem) => Promise<void>;

export async function rates(
  bench: BenchEnvironment,
  budget: Budget,
  steps: StepRunner<readonly RateResult[]>,
): Promise<void> {
  const systems = await startSystems(bench, budget, steps);
  const alternately: Alternate = async (what, measureOne) => {
    console.log(what);
    for (const one of systems) {
      if (one.failures >= MAX_FAILURES) continue;
      await steps.do(one.system.name, async () => {
        one.failures += 1;
        await measureOne(one);
        one.failures -= 1;
        one.resident = residentOf(one.system);
      });
      steps.record(systems.filter(({ saturation }) => saturation.length > 0).map(resultOf));
    }
  };
  for (let round = 0; round < ROUNDS; round++)
    await alternately('saturation', async (one) => {
      const seconds = budget.seconds(15, 4);
      one.saturation.push(await measureEntries(one.system, { connections: CONNECTIONS, seconds }));
      one.search = new RateSearch(figuresOf(one.saturation).grantedPerSecond, RESOLUTION);
    });
  const [first, second] = BOUNDS_MS;
  // The targets need the first bound, so reserve time for its confirmation.
  const confirming = CONFIRMATIONS * budget.seconds(...CONFIRMED_SECONDS) + budget.seconds(...SHARE_SECONDS);
  await search(alternately, first, budget, (systems.length * confirming) / 2);
  await measureShares(alternately, [75, 100], budget);
  await search(alternately, second, budget, 0);
  await measureShares(alternately, [50, 25], budget);
}

async function startSystems(
  bench: BenchEnvironment,
  budget: Budget,
  steps: StepRunner<readonly RateResult[]>,
): Promise<MeasuredSystem[]> {
  const environment = bench.installation();
  const systems: (MeasuredSystem | undefined)[] = [];
  for (const kind of BASELINES)
    systems.push(await steps.do(kind.name, () => prepareBaseline(bench, kind, environment, budget)));
  const ours = await steps.do('concert-queue', async () => {
    const system = await startConcertQueue(bench, 1);
    console.log('warming up: concert-queue');
    await warmUp(system, { connections: CONNECTIONS, seconds: budget.seconds(40, 12) });
    return measuredSystem(system, undefined);
  });
  return [ours, ...systems].filter((one) => one !== undefined);
}

/**
 * Measures a naive baseline with its projection first and then stops the projection: its backlog would disturb the measurements
 * of the other systems.
 */
async function prepareBaseline(
  bench: BenchEnvironment,
  kind: Baseline,
  environment: Readonly<Record<string, string>>,
  budget: Budget,
): Promise<MeasuredSystem> {
  const baseline = await startBaseline(bench, kind, environment);
  console.log(`warming up: ${baseline.title}`);
  await warmUp(baseline, { connections: CONNECTIONS, seconds: budget.seconds(20, 5) });
  const withProjection = kind.backend === 'naive' ? await measureWithProjection(baseline, budget) : undefined;
  return measuredSystem(await baseline.withoutProjection(), withProjection);
}

async function measureWithProjection(baseline: System, budget: Budget): Promise<WithProjection> {
  console.log('with its projection');
  const [bound] = BOUNDS_MS;
  const saturated = await measureEntries(baseline, { connections: 64, seconds: budget.seconds(6, 2) });
  const { projectedPerSecond } = figuresOf([saturated]);
  // At a lower accepted rate it may project more than in a closed loop.
  const search = new RateSearch(2 * projectedPerSecond, RESOLUTION);
  const one = { ...measuredSystem(baseline, undefined), alternates: false, search };
  for (let probe = 1; probe <= MAX_PROBES; probe++) await tryNext(one, bound, budget, 0);
  await confirm(one, bound, budget);
  return { projectedPerSecond, sustained: one.sustained[bound] ?? { rate: 0, seconds: 0 } };
}

function measuredSystem(system: System, withProjection: WithProjection | undefined): MeasuredSystem {
  const found = { saturation: [], search: new RateSearch(1, 1), sustained: {}, atShares: {}, resident: {} };
  return { system, alternates: true, withProjection, ...found, failures: 0 };
}

/** @param reserved seconds to leave after the probes */
async function search(alternately: Alternate, bound: number, budget: Budget, reserved: number): Promise<void> {
  for (let probe = 1; probe <= MAX_PROBES; probe++)
    await alternately(`p99 <= ${bound} ms, probe ${probe}`, (one) => tryNext(one, bound, budget, reserved));
  await alternately(`p99 <= ${bound} ms, confirmed`, (one) => confirm(one, bound, budget));
}

async function measureShares(alternately: Alternate, shares: readonly number[], budget: Budget): Promise<void> {
  for (const share of shares)
    await alternately(`${share}% of p99 <= ${BOUNDS_MS[0]} ms`, (one) => measureShare(one, share, budget));
}

async function tryNext(one: MeasuredSystem, bound: number, budget: Budget, reserved: number): Promise<void> {
  const rate = one.search.next(bound);
  const seconds = budget.seconds(15, 4);
  if (rate === undefined || !budget.allows(2 * seconds + reserved)) return;
  const sample = await offered(one, rate, seconds);
  one.search.record({ rate, p99: sample.load.p99, clean: isClean(sample) });
}

async function confirm(one: MeasuredSystem, bound: number, budget: Budget): Promise<void> {
  const seconds = budget.seconds(...CONFIRMED_SECONDS);
  let rate = one.search.best(bound);
  one.sustained[bound] = { rate, seconds: 0 };
  for (let tries = 0; tries < CONFIRMATIONS && rate > 0 && budget.allows(2 * seconds); tries++) {
    const sample = await offered(one, rate, seconds);
    const holds = isClean(sample) && sample.load.p99 <= bound;
    if (holds) {
      one.sustained[bound] = { rate, seconds, figures: figuresOf([sample]) };
      return;
    }
    rate = Math.round(rate * STEP_DOWN);
    one.sustained[bound] = { rate, seconds: 0 };
  }
}

async function measureShare(one: MeasuredSystem, share: number, budget: Budget): Promise<void> {
  const rate = ((one.sustained[BOUNDS_MS[0]]?.rate ?? 0) * share) / 100;
  const seconds = budget.seconds(...SHARE_SECONDS);
  if (rate < 1 || !budget.allows(2 * seconds)) return;
  const sample = await offered(one, rate, seconds, one.system.client ? 50 : undefined);
  const { visible } = sample.load;
  one.atShares[share] = { ...figuresOf([sample]), ...(visible && { visible }) };
}

async function offered(
  { system, alternates }: MeasuredSystem,
  rate: number,
  seconds: number,
  samplesPerSecond?: number,
): Promise<Sample> {
  if (alternates) await measureEntries(system, REWARM);
  const sampled = samplesPerSecond === undefined ? {} : { samplesPerSecond };
  return measureEntries(system, { connections: 2 * CONNECTIONS, seconds, rate, ...sampled });
}

function isClean({ load, behindMs }: Sample): boolean {
  return load.unexpected + load.failed === 0 && behindMs <= PROJECTION_TIMEOUT_MS;
}

function resultOf({
  system,
  withProjection,
  saturation,
  search,
  sustained,
  atShares,
  resident,
}: MeasuredSystem): RateResult {
  const saturated = figuresOf(saturation);
  return {
    name: system.name,
    title: system.title,
    saturated,
    projectedPerSecond: withProjection?.projectedPerSecond ?? saturated.projectedPerSecond,
    ...(withProjection && { withProjection: withProjection.sustained }),
    probes: search.probes,
    sustained,
    atShares,
    resident,
  };
}

function residentOf({ pids }: System): RateResult['resident'] {
  return Object.fromEntries([...pids].map(([name, pid]) => [name, residentBytes(pid)]));
}
