/** The columns for entries that several tables share. */
import type { Figures } from '../support/figures.ts';
import { cpuCells, percent, tenths, whole } from './table.ts';

export const ENTRY_HEAD = [
  'accepted/s',
  'projected/s',
  'p50 ms',
  'p99 ms',
  'API µs',
  'broker µs',
  'projector µs',
  'Redis µs',
  'other CPU %',
];

export function entryCells(figures: Figures): string[] {
  const { grantedPerSecond, projectedPerSecond, p50, p99, backgroundCpu } = figures;
  return [
    whole(grantedPerSecond),
    whole(projectedPerSecond),
    tenths(p50),
    tenths(p99),
    ...cpuCells(figures),
    percent(backgroundCpu),
  ];
}
