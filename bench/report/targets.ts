/** The figures that the project set out to reach, beside what was measured. */
import { BOUNDS_MS, type RateResult } from '../sections/rates.ts';
import type { Results, SectionName } from './results.ts';
import { table } from './table.ts';

interface Target {
  readonly figure: string;
  /** Where it is measured. */
  readonly section: SectionName;
  readonly least: number;
  readonly hoped: number;
  readonly unit: string;
  /** Undefined: it was not, or that failed. */
  readonly measured: number | undefined;
  readonly smallerIsBetter?: boolean;
}

export function targetsTable(results: Results): string {
  const rows = targetsOf(results).map((target) => [
    target.figure,
    words(target.least, target.unit),
    words(target.hoped, target.unit),
    target.measured === undefined ? missing(results[target.section]) : words(target.measured, target.unit),
    verdict(target),
  ]);
  return table(['figure', 'at least', 'hoped for', 'measured', ''], rows);
}

export function targetsOf({ rates, overload, waiting, fold }: Results): readonly Target[] {
  const named = (name: string): RateResult | undefined => rates?.found?.find((one) => one.name === name);
  const ours = named('concert-queue');
  const [limit, r1, r1f, r2, r2f] = ['limit', 'direct', 'direct-fastify', 'literal', 'literal-fastify'].map(named);
  const rate = (of: RateResult | undefined): number | undefined => of?.sustained[BOUNDS_MS[0]]?.rate;
  const against = (their: number | undefined, own = rate(ours)): number | undefined =>
    own && their ? own / their : undefined;
  const projecting = (of: RateResult | undefined): number | undefined => of?.projecting?.rate;
  const cpu = (name: string): number | undefined => ours?.saturated.cpuMicros[name];
  const at = waiting?.found;
  return [
    {
      figure: 'sustained accepted-and-projected entries/s at p99 <= 50 ms, against R0',
      section: 'rates',
      least: 0.45,
      hoped: 0.65,
      unit: 'x',
      measured: against(rate(limit)),
    },
    {
      figure: 'the same against R2, its projection counted',
      section: 'rates',
      least: 10,
      hoped: 25,
      unit: 'x',
      measured: against(projecting(r2)),
    },
    {
      figure: 'the same against R2f, its projection counted',
      section: 'rates',
      least: 8,
      hoped: 20,
      unit: 'x',
      measured: against(projecting(r2f)),
    },
    {
      figure: 'accepted alone, against R2',
      section: 'rates',
      least: 3,
      hoped: 5,
      unit: 'x',
      measured: against(rate(r2)),
    },
    {
      figure: 'accepted alone, against R2f',
      section: 'rates',
      least: 2,
      hoped: 3,
      unit: 'x',
      measured: against(rate(r2f)),
    },
    { figure: 'the same against R1', section: 'rates', least: 1.2, hoped: 2, unit: 'x', measured: against(rate(r1)) },
    {
      figure: 'the same against R1f',
      section: 'rates',
      least: 0.45,
      hoped: 0.7,
      unit: 'x',
      measured: against(rate(r1f)),
    },
    {
      figure: 'CPU of the API per accepted entry, against R0',
      section: 'rates',
      least: 1.8,
      hoped: 1.4,
      unit: 'x',
      smallerIsBetter: true,
      measured: against(limit?.saturated.cpuMicros['api'], cpu('api')),
    },
    {
      figure: 'CPU of the broker per accepted entry at saturation',
      section: 'rates',
      least: 40,
      hoped: 15,
      unit: 'µs',
      smallerIsBetter: true,
      measured: cpu('broker'),
    },
    {
      figure: 'CPU of the projector per entry',
      section: 'rates',
      least: 20,
      hoped: 8,
      unit: 'µs',
      smallerIsBetter: true,
      measured: cpu('projector'),
    },
    {
      figure: '202 → visible position at 75% load, p99',
      section: 'rates',
      least: 150,
      hoped: 50,
      unit: 'ms',
      smallerIsBetter: true,
      measured: ours?.atShares[75]?.visible?.p99,
    },
    {
      figure: 'rebuild from Kafka into Redis, events/s',
      section: 'waiting',
      least: 100_000,
      hoped: 200_000,
      unit: '',
      measured: at?.cold?.eventsPerSecond,
    },
    {
      figure: 'fold alone, events/s on one core',
      section: 'fold',
      least: 300_000,
      hoped: 800_000,
      unit: '',
      measured: fold?.found?.eventsPerSecond,
    },
    {
      figure: 'memory per waiting user, projector (heap)',
      section: 'fold',
      least: 300,
      hoped: 130,
      unit: 'B',
      smallerIsBetter: true,
      measured: fold?.found?.heap,
    },
    {
      figure: 'memory per waiting user, Redis',
      section: 'waiting',
      least: 220,
      hoped: 120,
      unit: 'B',
      smallerIsBetter: true,
      measured: at?.sizes.at(-1)?.redisBytes,
    },
    {
      figure: 'own-entry polls/s, p99 <= 10 ms, against R0',
      section: 'waiting',
      least: 0.6,
      hoped: 0.9,
      unit: 'x',
      measured: against(at?.reads?.limitPollsSustained, at?.reads?.pollsSustained),
    },
    {
      figure: 'start of a projector with all of them waiting until live',
      section: 'waiting',
      least: 15,
      hoped: 4,
      unit: 's',
      smallerIsBetter: true,
      measured: at?.start?.seconds,
    },
    {
      figure: 'accepted rate at 3x the accept limit, against the limit',
      section: 'overload',
      least: 0.9,
      hoped: 1,
      unit: 'x',
      measured: overload?.found && overload.found.acceptedPerSecond / overload.found.limit,
    },
  ];
}

function missing(section: Results[SectionName]): string {
  if (!section) return 'not measured';
  return section.failed.length > 0 ? 'failed: see below' : 'no rate held in the time';
}

function words(value: number, unit: string): string {
  if (unit === 'x') return `${value.toFixed(2).replace(/\.?0+$/, '')}x`;
  const number = value >= 100 ? Math.round(value).toLocaleString('en') : Number(value.toPrecision(3)).toString();
  return unit ? `${number} ${unit}` : number;
}

function verdict({ measured, least, hoped, smallerIsBetter }: Target): string {
  if (measured === undefined) return '';
  const reaches = (aim: number): boolean => (smallerIsBetter ? measured <= aim : measured >= aim);
  if (reaches(hoped)) return 'as hoped';
  return reaches(least) ? 'reached' : '**missed**';
}
