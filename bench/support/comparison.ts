/** Compares the application with the upper limit in closed loops, for `bench --quick`. */

import { cpuCells, percent, table, tenths, whole } from '../report/table.ts';
import { type Figures, figuresOf } from './figures.ts';
import type { Sample } from './measure.ts';

export interface Comparison {
  readonly connections: number;
  readonly limit: Figures;
  readonly application: Figures;
  /** Application divided by limit. */
  readonly rateRatio: number;
  readonly apiCpuRatio: number;
}

export function compare(connections: number, noOp: readonly Sample[], own: readonly Sample[]): Comparison {
  const limit = figuresOf(noOp);
  const application = figuresOf(own);
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
  'other CPU %',
];

export function comparisonTable(comparisons: readonly Comparison[]): string {
  return table(
    HEAD,
    comparisons.flatMap(({ connections, limit, application, rateRatio, apiCpuRatio }) => [
      [`${connections}, no-op`, ...cells(limit)],
      [`${connections}, concert-queue`, ...cells(application)],
      [`${connections}, ratio`, rateRatio.toFixed(2), '', '', '', '', apiCpuRatio.toFixed(2), '', '', '', ''],
    ]),
  );
}

function cells(figures: Figures): string[] {
  const { grantedPerSecond, projectedPerSecond, p50, p99, errors, backgroundCpu } = figures;
  return [
    whole(grantedPerSecond),
    whole(projectedPerSecond),
    tenths(p50),
    tenths(p99),
    whole(errors),
    ...cpuCells(figures),
    percent(backgroundCpu),
  ];
}
