/** The performance targets of the project, with the measured values. */
import { BOUNDS_MS, type RateResult } from '../sections/rates.ts';
import type { Results, SectionName } from './results.ts';
import { table } from './table.ts';

interface Target {
  readonly figure: string;
  /** The section that measures it. */
  readonly section: SectionName;
  readonly minimum: number;
  readonly goal: number;
  readonly unit: string;
  /** Undefined if not measured or failed. */
  readonly measured: number | undefined;
  readonly smallerIsBetter?: boolean;
}

export function targetsTable(results: Results): string {
  const rows = targetsOf(results).map((target) => [
    target.figure,
    formatValue(target.minimum, target.unit),
    formatValue(target.goal, target.unit),
    target.measured === undefined ? missingReason(results[target.section]) : formatValue(target.measured, target.unit),
    verdict(target),
  ]);
  return table(['figure', 'minimum', 'goal', 'measured', 'result'], rows);
}

export function targetsOf({ rates, overload, waiting, fold }: Results): readonly Target[] {
  const named = (name: string): RateResult | undefined => rates?.found?.find((one) => one.name === name);
  const ours = named('concert-queue');
  const [noOp, redisSync, redisSyncFastify, naive, naiveFastify] = [
    'no-op',
    'redis-sync',
    'redis-sync-fastify',
    'naive',
    'naive-fastify',
  ].map(named);
  const rate = (of: RateResult | undefined): number | undefined => of?.sustained[BOUNDS_MS[0]]?.rate;
  const against = (their: number | undefined, own = rate(ours)): number | undefined =>
    own && their ? own / their : undefined;
  const withProjection = (of: RateResult | undefined): number | undefined => of?.withProjection?.rate;
  const cpu = (name: string): number | undefined => ours?.saturated.cpuMicros[name];
  const at = waiting?.found;
  return [
    {
      figure: 'sustained entries/s at p99 <= 50 ms, against no-op, Fastify',
      section: 'rates',
      minimum: 0.45,
      goal: 0.65,
      unit: 'x',
      measured: against(rate(noOp)),
    },
    {
      figure: 'the same against naive Kafka, Nest, with its projection',
      section: 'rates',
      minimum: 10,
      goal: 25,
      unit: 'x',
      measured: against(withProjection(naive)),
    },
    {
      figure: 'the same against naive Kafka, Fastify, with its projection',
      section: 'rates',
      minimum: 8,
      goal: 20,
      unit: 'x',
      measured: against(withProjection(naiveFastify)),
    },
    {
      figure: 'the same against naive Kafka, Nest, without its projection',
      section: 'rates',
      minimum: 3,
      goal: 5,
      unit: 'x',
      measured: against(rate(naive)),
    },
    {
      figure: 'the same against naive Kafka, Fastify, without its projection',
      section: 'rates',
      minimum: 2,
      goal: 3,
      unit: 'x',
      measured: against(rate(naiveFastify)),
    },
    {
      figure: 'the same against Redis sync, Nest',
      section: 'rates',
      minimum: 1.2,
      goal: 2,
      unit: 'x',
      measured: against(rate(redisSync)),
    },
    {
      figure: 'the same against Redis sync, Fastify',
      section: 'rates',
      minimum: 0.45,
      goal: 0.7,
      unit: 'x',
      measured: against(rate(redisSyncFastify)),
    },
    {
      figure: 'CPU of the API per accepted entry, against no-op, Fastify',
      section: 'rates',
      minimum: 1.8,
      goal: 1.4,
      unit: 'x',
      smallerIsBetter: true,
      measured: against(noOp?.saturated.cpuMicros['api'], cpu('api')),
    },
    {
      figure: 'CPU of the broker per accepted entry at saturation',
      section: 'rates',
      minimum: 40,
      goal: 15,
      unit: 'µs',
      smallerIsBetter: true,
      measured: cpu('broker'),
    },
    {
      figure: 'CPU of the projector per entry',
      section: 'rates',
      minimum: 20,
      goal: 8,
      unit: 'µs',
      smallerIsBetter: true,
      measured: cpu('projector'),
    },
    {
      figure: 'from the 202 to a visible position at 75% load, p99',
      section: 'rates',
      minimum: 150,
      goal: 50,
      unit: 'ms',
      smallerIsBetter: true,
      measured: ours?.atShares[75]?.visible?.p99,
    },
    {
      figure: 'rebuild from Kafka into Redis, events/s',
      section: 'waiting',
      minimum: 100_000,
      goal: 200_000,
      unit: '',
      measured: at?.cold?.eventsPerSecond,
    },
    {
      figure: 'fold alone, events/s on one core',
      section: 'fold',
      minimum: 300_000,
      goal: 800_000,
      unit: '',
      measured: fold?.found?.eventsPerSecond,
    },
    {
      figure: 'memory per waiting user, projector (heap)',
      section: 'fold',
      minimum: 300,
      goal: 130,
      unit: 'B',
      smallerIsBetter: true,
      measured: fold?.found?.heap,
    },
    {
      figure: 'memory per waiting user, Redis',
      section: 'waiting',
      minimum: 220,
      goal: 120,
      unit: 'B',
      smallerIsBetter: true,
      measured: at?.sizes.at(-1)?.redisBytes,
    },
    {
      figure: 'polls/s of the own entry at p99 <= 10 ms, against no-op, Fastify',
      section: 'waiting',
      minimum: 0.6,
      goal: 0.9,
      unit: 'x',
      measured: against(at?.reads?.limitPollsSustained, at?.reads?.pollsSustained),
    },
    {
      figure: 'start of a projector with a million waiting until live',
      section: 'waiting',
      minimum: 15,
      goal: 4,
      unit: 's',
      smallerIsBetter: true,
      measured: at?.start?.seconds,
    },
    {
      figure: 'accepted rate at 3 times the accept limit, against the limit',
      section: 'overload',
      minimum: 0.9,
      goal: 1,
      unit: 'x',
      measured: overload?.found && overload.found.acceptedPerSecond / overload.found.limit,
    },
  ];
}

function missingReason(section: Results[SectionName]): string {
  if (!section) return 'not measured';
  return section.failed.length > 0 ? 'failed, see below' : 'no rate sustained';
}

function formatValue(value: number, unit: string): string {
  if (unit === 'x') return `${value.toFixed(2).replace(/\.?0+$/, '')}x`;
  const number = value >= 100 ? Math.round(value).toLocaleString('en') : Number(value.toPrecision(3)).toString();
  return unit ? `${number} ${unit}` : number;
}

function verdict({ measured, minimum, goal, smallerIsBetter }: Target): string {
  if (measured === undefined) return '';
  const reaches = (target: number): boolean => (smallerIsBetter ? measured <= target : measured >= target);
  if (reaches(goal)) return 'goal met';
  return reaches(minimum) ? 'minimum met' : '**missed**';
}
