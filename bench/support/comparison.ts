/** The application beside the limit, over closed loops: what `bench --quick` prints. */

import { cpuCells, percent, table, tenths, whole } from '../report/table.ts';
import { type Figures, figuresOf } from './figures.ts';
import type { Sample } from './measure.ts';

export interface Comparison {
  readonly connections: number;
  readonly limit: Figures;
  readonly application: Figures;
  /** Of the application to the limit. */
  readonly rateRatio: number;
  readonly apiCpuRatio: number;
}

export function compare(connections: number, atOnce: readonly Sample[], ours: readonly Sample[]): Comparison {
  const limit = figuresOf(atOnce);
  const application = figuresOf(ours);
  return {
    connections,
    limit,
    application,
    rateRatio: application.grantedPerSecond / limit.grantedPerSecond,
    apiCpuRatio: (application.cpuMicros['api'] ?? 0) / (limit.cpuMicros['api'] ?? 0),
  };
}

const HEAD = [
  'connections',
  'accepted/s',
  'projected/s',
  'p50 ms',
  'p99 ms',
  'errors',
  'API µs',
  'broker µs',
  'projector µs',
  'Redis µs',
  'others %',
];

export function comparisonTable(comparisons: readonly Comparison[]): string {
  return table(
    HEAD,
    comparisons.flatMap(({ connections, limit, application, rateRatio, apiCpuRatio }) => [
      [`${connections}, the route at once`, ...cells(limit)],
      [`${connections}, concert-queue`, ...cells(application)],
      [`${connections}, ratio`, rateRatio.toFixed(2), '', '', '', '', apiCpuRatio.toFixed(2), '', '', '', ''],
    ]),
  );
}

function cells(figures: Figures): string[] {
  const { grantedPerSecond, projectedPerSecond, p50, p99, errors, others } = figures;
  return [
    whole(grantedPerSecond),
    whole(projectedPerSecond),
    tenths(p50),
    tenths(p99),
    whole(errors),
    ...cpuCells(figures),
    percent(others),
  ];
}
