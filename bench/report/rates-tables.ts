import { BOUNDS_MS, type RateResult, type Sustained } from '../sections/rates.ts';
import { cpuCells, table, tenths, whole } from './table.ts';

export const SHARES = [25, 50, 75, 100];

export function ratesTable(found: readonly RateResult[]): string {
  const held = ({ rate = 0, seconds = 0 }: Partial<Sustained> = {}): string => {
    return rate === 0 ? 'none' : `${whole(rate)}${seconds > 0 ? '' : ' (not confirmed)'}`;
  };
  const head = [
    '',
    ...BOUNDS_MS.map((bound) => `p99 <= ${bound} ms, /s`),
    `${BOUNDS_MS[0]} ms with projection, /s`,
    'saturated, /s',
    'projected, /s',
    'API µs',
    'broker µs',
    'projector µs',
    'Redis µs',
    'API MB',
  ];
  return table(
    head,
    found.map((one) => [
      one.title,
      ...BOUNDS_MS.map((bound) => held(one.sustained[bound])),
      one.withProjection ? held(one.withProjection) : '',
      whole(one.saturated.grantedPerSecond),
      whole(one.projectedPerSecond),
      ...cpuCells(one.saturated),
      whole((one.resident['api'] ?? 0) / 1e6),
    ]),
  );
}

/** Latencies and CPU at shares of the sustained rate. */
export function latenciesTable(found: readonly RateResult[]): string {
  const shares = found.flatMap((one) =>
    SHARES.flatMap((share) => {
      const at = one.atShares[share];
      if (!at) return [];
      const cells = [at.p50, at.p95, at.p99, at.p999, at.visible?.p50, at.visible?.p99].map(tenths);
      return [
        [`${one.title}, ${share}%`, whole(at.grantedPerSecond), ...cells, ...cpuCells(at), whole(at.generatorMicros)],
      ];
    }),
  );
  const head = [
    'share of the rate at p99 <= 50 ms',
    '/s',
    'p50 ms',
    'p95',
    'p99',
    'p99.9',
    'visible p50',
    'visible p99',
    'API µs',
    'broker µs',
    'projector µs',
    'Redis µs',
    'generator µs',
  ];
  return table(head, shares);
}
