/** The highest rate that each design sustains, what an entry costs there, and how long people wait for the answer. */

import { residentBytes } from '../../tools/load/resident-bytes.ts';
import type { Budget } from '../support/budget.ts';
import { type Figures, figuresOf } from '../support/figures.ts';
import type { Ground } from '../support/ground.ts';
import { startConcertQueue, startRivals } from '../support/line-up.ts';
import { measureEntries, type Sample } from '../support/measure.ts';
import { type Probe, RateSearch } from '../support/rate-search.ts';
import type { System } from '../support/system.ts';
import { warmUp } from '../support/warm-up.ts';

export const BOUNDS_MS = [50, 200] as const;
const CONNECTIONS = 256;
const ROUNDS = 2;
const RESOLUTION = 0.07;
const MOST_PROBES = 7;
/** The view must hold everything so soon after the load for a rate to count as projected, too. */
const PROJECTED_WITHIN_MS = 1000;
/** After a rate that was found does not hold for long, a lower one is tried; so often. */
const CONFIRMATIONS = 3;
const STEP_DOWN = 0.92;

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
  readonly probes: readonly Probe[];
  /** By bound of p99, in milliseconds. */
  readonly sustained: Readonly<Record<number, Sustained>>;
  /** By percent of the rate sustained at the first bound. */
  readonly atShares: Readonly<Record<number, Figures & { readonly visible?: Sample['load']['visible'] }>>;
  /** Bytes resident, by process. */
  readonly resident: Readonly<Record<string, number>>;
}

interface Contender {
  readonly system: System;
  readonly projected: number | undefined;
  saturation: Sample[];
  search: RateSearch;
  sustained: Record<number, Sustained>;
  atShares: Record<number, Figures & { readonly visible?: Sample['load']['visible'] }>;
}

export async function rates(ground: Ground, budget: Budget): Promise<readonly RateResult[]> {
  const contenders = await lineUp(ground, budget);
  for (let round = 0; round < ROUNDS; round++)
    await inTurn('saturation', contenders, async (one) => {
      const seconds = budget.seconds(15, 4);
      one.saturation.push(await measureEntries(one.system, { connections: CONNECTIONS, seconds }));
    });
  for (const one of contenders) one.search = new RateSearch(figuresOf(one.saturation).grantedPerSecond, RESOLUTION);
  const [first, second] = BOUNDS_MS;
  await search(contenders, first, budget);
  await look(contenders, [75, 100], budget);
  await search(contenders, second, budget);
  await look(contenders, [50, 25], budget);
  return contenders.map(resultOf);
}

/** What the literal rivals project is measured first, and then ended: its backlog would go on costing during the others' turns. */
async function lineUp(ground: Ground, budget: Budget): Promise<Contender[]> {
  const contenders: Contender[] = [];
  for (const rival of await startRivals(ground)) {
    const isLiteral = rival.kind.desk === 'literal';
    console.log(`warming up: ${rival.title}`);
    const projecting = isLiteral
      ? await measureEntries(rival, { connections: 64, seconds: budget.seconds(6, 2) })
      : undefined;
    const system = await rival.withoutProjection();
    await warmUp(system, { connections: CONNECTIONS, seconds: budget.seconds(20, 5) });
    contenders.push(contender(system, projecting && figuresOf([projecting]).projectedPerSecond));
  }
  const ours = await startConcertQueue(ground, 1);
  console.log('warming up: concert-queue');
  await warmUp(ours, { connections: CONNECTIONS, seconds: budget.seconds(40, 12) });
  return [contender(ours, undefined), ...contenders];
}

function contender(system: System, projected: number | undefined): Contender {
  return { system, projected, saturation: [], search: new RateSearch(1, 1), sustained: {}, atShares: {} };
}

async function search(contenders: readonly Contender[], bound: number, budget: Budget): Promise<void> {
  for (let probe = 1; probe <= MOST_PROBES; probe++)
    await inTurn(`p99 <= ${bound} ms, probe ${probe}`, contenders, (one) => tryNext(one, bound, budget));
  await inTurn(`p99 <= ${bound} ms, confirmed`, contenders, (one) => confirm(one, bound, budget));
}

async function look(contenders: readonly Contender[], shares: readonly number[], budget: Budget): Promise<void> {
  for (const share of shares)
    await inTurn(`${share}% of p99 <= ${BOUNDS_MS[0]} ms`, contenders, (one) => lookAt(one, share, budget));
}

async function tryNext(one: Contender, bound: number, budget: Budget): Promise<void> {
  const rate = one.search.next(bound);
  const seconds = budget.seconds(15, 4);
  if (rate === undefined || !budget.allows(2 * seconds)) return;
  const sample = await offered(one.system, rate, seconds);
  one.search.tell({ rate, p99: sample.load.p99, clean: isClean(sample) });
}

async function confirm(one: Contender, bound: number, budget: Budget): Promise<void> {
  const seconds = budget.seconds(60, 10);
  let rate = one.search.best(bound);
  one.sustained[bound] = { rate, seconds: 0 };
  for (let tries = 0; tries < CONFIRMATIONS && rate > 0 && budget.allows(2 * seconds); tries++) {
    const sample = await offered(one.system, rate, seconds);
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
  const seconds = budget.seconds(30, 6);
  if (rate < 1 || !budget.allows(2 * seconds)) return;
  const sample = await offered(one.system, rate, seconds, one.system.client ? 50 : undefined);
  const { visible } = sample.load;
  one.atShares[share] = { ...figuresOf([sample]), ...(visible && { visible }) };
}

function offered(system: System, rate: number, seconds: number, followedPerSecond?: number): Promise<Sample> {
  const followed = followedPerSecond === undefined ? {} : { followedPerSecond };
  return measureEntries(system, { connections: 2 * CONNECTIONS, seconds, rate, ...followed });
}

function isClean({ load, behindMs }: Sample): boolean {
  return load.refused + load.broken === 0 && behindMs <= PROJECTED_WITHIN_MS;
}

async function inTurn(
  what: string,
  contenders: readonly Contender[],
  turn: (one: Contender) => Promise<void>,
): Promise<void> {
  console.log(what);
  for (const one of contenders) await turn(one);
}

function resultOf({ system, projected, saturation, search, sustained, atShares }: Contender): RateResult {
  const saturated = figuresOf(saturation);
  return {
    name: system.name,
    title: system.title,
    saturated,
    projectedPerSecond: projected ?? saturated.projectedPerSecond,
    probes: search.probes,
    sustained,
    atShares,
    resident: Object.fromEntries([...system.pids].map(([name, pid]) => [name, residentBytes(pid)])),
  };
}
