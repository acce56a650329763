/** The highest rate that each design sustains, what an entry costs there, and how long people wait for the answer. */

import { residentBytes } from '../../tools/load/resident-bytes.ts';
import { RIVALS, type RivalKind } from '../baselines/baselines.ts';
import type { Ground } from '../support/bench-environment.ts';
import type { Budget } from '../support/budget.ts';
import { type Figures, figuresOf } from '../support/figures.ts';
import { measureEntries, type Sample } from '../support/measure.ts';
import { type Probe, RateSearch } from '../support/rate-search.ts';
import type { Pieces } from '../support/step-runner.ts';
import type { System } from '../support/system.ts';
import { startConcertQueue, startRival } from '../support/systems-under-test.ts';
import { warmUp } from '../support/warm-up.ts';

export const BOUNDS_MS = [50, 200] as const;
const CONNECTIONS = 256;
/**
 * Before each turn: while others had theirs, caches and cores have forgotten the system. Its first second then costs up to three
 * times as much, and what piles up meanwhile would be taken for its latency.
 */
const AGAIN_WARM = { connections: 64, seconds: 3 } as const;
const ROUNDS = 2;
const RESOLUTION = 0.07;
const MOST_PROBES = 10;
/** The view must hold everything so soon after the load for a rate to count as projected, too. */
const PROJECTED_WITHIN_MS = 1000;
/** After a rate that was found does not hold for long, a lower one is tried; so often. */
const CONFIRMATIONS = 3;
const STEP_DOWN = 0.92;
/** At full length, and at least. */
const CONFIRMED_SECONDS = [60, 10] as const;
const LOOK_SECONDS = [30, 6] as const;
/** Who fails more often is out: every failure may take minutes. */
const MOST_FAILURES = 2;

export interface Sustained {
  /** Entries a second; 0: no rate held. */
  readonly rate: number;
  readonly seconds: number;
  readonly figures?: Figures;
}

export interface RateResult {
  readonly name: string;
  readonly title: string;
  readonly saturated: Figures;
  /** Its own projection counted: entries/s, over the time until the view held all of a closed loop's. */
  readonly projectedPerSecond: number;
  /** Of the literal rivals: sustained at the first bound while their own projection runs and keeps up. */
  readonly projecting?: Sustained;
  readonly probes: readonly Probe[];
  /** By bound of p99, in milliseconds. */
  readonly sustained: Readonly<Record<number, Sustained>>;
  /** By percent of the rate sustained at the first bound. */
  readonly atShares: Readonly<Record<number, Figures & { readonly visible?: Sample['load']['visible'] }>>;
  /** Bytes resident, by process. */
  readonly resident: Readonly<Record<string, number>>;
}

/** What a literal rival does while its projection runs. */
interface Projecting {
  readonly projectedPerSecond: number;
  readonly sustained: Sustained;
}

interface Contender {
  readonly system: System;
  /** Others are measured in between. */
  readonly takesTurns: boolean;
  readonly projecting: Projecting | undefined;
  saturation: Sample[];
  search: RateSearch;
  sustained: Record<number, Sustained>;
  atShares: Record<number, Figures & { readonly visible?: Sample['load']['visible'] }>;
  resident: RateResult['resident'];
  failures: number;
}

type Turn = (one: Contender) => Promise<void>;
/** All contenders in turn. */
type InTurn = (what: string, turn: Turn) => Promise<void>;

export async function rates(ground: Ground, budget: Budget, pieces: Pieces<readonly RateResult[]>): Promise<void> {
  const contenders = await lineUp(ground, budget, pieces);
  const inTurn: InTurn = async (what, turn) => {
    console.log(what);
    for (const one of contenders) {
      if (one.failures >= MOST_FAILURES) continue;
      await pieces.do(one.system.name, async () => {
        one.failures += 1;
        await turn(one);
        one.failures -= 1;
        one.resident = residentOf(one.system);
      });
      pieces.tell(contenders.filter(({ saturation }) => saturation.length > 0).map(resultOf));
    }
  };
  for (let round = 0; round < ROUNDS; round++)
    await inTurn('saturation', async (one) => {
      const seconds = budget.seconds(15, 4);
      one.saturation.push(await measureEntries(one.system, { connections: CONNECTIONS, seconds }));
      one.search = new RateSearch(figuresOf(one.saturation).grantedPerSecond, RESOLUTION);
    });
  const [first, second] = BOUNDS_MS;
  // What the table of aims needs of the first bound is not to go short for a finer search.
  const confirming = CONFIRMATIONS * budget.seconds(...CONFIRMED_SECONDS) + budget.seconds(...LOOK_SECONDS);
  await search(inTurn, first, budget, (contenders.length * confirming) / 2);
  await look(inTurn, [75, 100], budget);
  await search(inTurn, second, budget, 0);
  await look(inTurn, [50, 25], budget);
}

async function lineUp(ground: Ground, budget: Budget, pieces: Pieces<readonly RateResult[]>): Promise<Contender[]> {
  const environment = ground.installation();
  const contenders: (Contender | undefined)[] = [];
  for (const kind of RIVALS)
    contenders.push(await pieces.do(kind.name, () => lineUpRival(ground, kind, environment, budget)));
  const ours = await pieces.do('concert-queue', async () => {
    const system = await startConcertQueue(ground, 1);
    console.log('warming up: concert-queue');
    await warmUp(system, { connections: CONNECTIONS, seconds: budget.seconds(40, 12) });
    return contender(system, undefined);
  });
  return [ours, ...contenders].filter((one) => one !== undefined);
}

/**
 * What the literal rivals do with their projection is measured first, and then it is ended: its backlog would go on costing
 * during the others' turns.
 */
async function lineUpRival(
  ground: Ground,
  kind: RivalKind,
  environment: Readonly<Record<string, string>>,
  budget: Budget,
): Promise<Contender> {
  const rival = await startRival(ground, kind, environment);
  console.log(`warming up: ${rival.title}`);
  await warmUp(rival, { connections: CONNECTIONS, seconds: budget.seconds(20, 5) });
  const projecting = kind.desk === 'naive' ? await withItsProjection(rival, budget) : undefined;
  return contender(await rival.withoutProjection(), projecting);
}

async function withItsProjection(rival: System, budget: Budget): Promise<Projecting> {
  console.log('with its projection');
  const [bound] = BOUNDS_MS;
  const saturated = await measureEntries(rival, { connections: 64, seconds: budget.seconds(6, 2) });
  const { projectedPerSecond } = figuresOf([saturated]);
  // Where it accepts less than it can, it may project more than beside a closed loop.
  const search = new RateSearch(2 * projectedPerSecond, RESOLUTION);
  const one = { ...contender(rival, undefined), takesTurns: false, search };
  for (let probe = 1; probe <= MOST_PROBES; probe++) await tryNext(one, bound, budget, 0);
  await confirm(one, bound, budget);
  return { projectedPerSecond, sustained: one.sustained[bound] ?? { rate: 0, seconds: 0 } };
}

function contender(system: System, projecting: Projecting | undefined): Contender {
  const found = { saturation: [], search: new RateSearch(1, 1), sustained: {}, atShares: {}, resident: {} };
  return { system, takesTurns: true, projecting, ...found, failures: 0 };
}

/** @param reserved seconds that are to be left after the probes */
async function search(inTurn: InTurn, bound: number, budget: Budget, reserved: number): Promise<void> {
  for (let probe = 1; probe <= MOST_PROBES; probe++)
    await inTurn(`p99 <= ${bound} ms, probe ${probe}`, (one) => tryNext(one, bound, budget, reserved));
  await inTurn(`p99 <= ${bound} ms, confirmed`, (one) => confirm(one, bound, budget));
}

async function look(inTurn: InTurn, shares: readonly number[], budget: Budget): Promise<void> {
  for (const share of shares)
    await inTurn(`${share}% of p99 <= ${BOUNDS_MS[0]} ms`, (one) => lookAt(one, share, budget));
}

async function tryNext(one: Contender, bound: number, budget: Budget, reserved: number): Promise<void> {
  const rate = one.search.next(bound);
  const seconds = budget.seconds(15, 4);
  if (rate === undefined || !budget.allows(2 * seconds + reserved)) return;
  const sample = await offered(one, rate, seconds);
  one.search.tell({ rate, p99: sample.load.p99, clean: isClean(sample) });
}

async function confirm(one: Contender, bound: number, budget: Budget): Promise<void> {
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

async function lookAt(one: Contender, share: number, budget: Budget): Promise<void> {
  const rate = ((one.sustained[BOUNDS_MS[0]]?.rate ?? 0) * share) / 100;
  const seconds = budget.seconds(...LOOK_SECONDS);
  if (rate < 1 || !budget.allows(2 * seconds)) return;
  const sample = await offered(one, rate, seconds, one.system.client ? 50 : undefined);
  const { visible } = sample.load;
  one.atShares[share] = { ...figuresOf([sample]), ...(visible && { visible }) };
}

async function offered(
  { system, takesTurns }: Contender,
  rate: number,
  seconds: number,
  followedPerSecond?: number,
): Promise<Sample> {
  if (takesTurns) await measureEntries(system, AGAIN_WARM);
  const followed = followedPerSecond === undefined ? {} : { followedPerSecond };
  return measureEntries(system, { connections: 2 * CONNECTIONS, seconds, rate, ...followed });
}

function isClean({ load, behindMs }: Sample): boolean {
  return load.refused + load.broken === 0 && behindMs <= PROJECTED_WITHIN_MS;
}

function resultOf({ system, projecting, saturation, search, sustained, atShares, resident }: Contender): RateResult {
  const saturated = figuresOf(saturation);
  return {
    name: system.name,
    title: system.title,
    saturated,
    projectedPerSecond: projecting?.projectedPerSecond ?? saturated.projectedPerSecond,
    ...(projecting && { projecting: projecting.sustained }),
    probes: search.probes,
    sustained,
    atShares,
    resident,
  };
}

function residentOf({ pids }: System): RateResult['resident'] {
  return Object.fromEntries([...pids].map(([name, pid]) => [name, residentBytes(pid)]));
}
