/** Markdown tables of figures. */
import type { Figures } from '../support/figures.ts';

/** Rows of cells under a head. The first column is text, the others are numbers. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [
    line(head),
    `|---|${head
      .slice(1)
      .map(() => '---:|')
      .join('')}`,
    ...rows.map(line),
  ].join('\n');
}

export function whole(value: number | undefined): string {
  return value === undefined ? '' : Math.round(value).toLocaleString('en');
}
export function tenths(value: number | undefined): string {
  return value === undefined ? '' : value.toFixed(1);
}
export function percent(share: number): string {
  return (share * 100).toFixed(0);
}

/** Microseconds by process, in the order of the way of an entry. */
export function cpuCells({ cpuMicros }: Figures): string[] {
  return ['api', 'broker', 'projector', 'Redis'].map((name) => whole(cpuMicros[name]));
}
