/** Writes the tables of docs/benchmarks.md, between their marks, and the charts beside it, from the results that are kept. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { chartsOf } from './charts.ts';
import { ratesTables } from './rates-tables.ts';
import { type Circumstances, DOCUMENTS, type Results, readResults } from './results.ts';
import { concertsTable, foldTable, overloadTable } from './small-tables.ts';
import { stateOf } from './state.ts';
import { percent } from './table.ts';
import { targetsTable } from './targets.ts';
import { waitingTables } from './waiting-tables.ts';

const DOCUMENT = join(DOCUMENTS, '..', 'benchmarks.md');

export function writeReport(results: Results = readResults()): void {
  const document = Object.entries(partsOf(results)).reduce(
    (text, [name, part]) => replaced(text, name, part),
    readFileSync(DOCUMENT, 'utf8'),
  );
  writeFileSync(DOCUMENT, document);
  for (const [name, svg] of Object.entries(chartsOf(results))) writeFileSync(join(DOCUMENTS, `${name}.svg`), svg);
}

/** @throws Error where the document has no such marks */
export function replaced(document: string, name: string, part: string): string {
  const [begin, end] = [`<!-- results: ${name} -->`, '<!-- end -->'];
  const from = document.indexOf(begin);
  const to = document.indexOf(end, from);
  if (from < 0 || to < 0) throw new Error(`docs/benchmarks.md has no place for ${name}.`);
  return `${document.slice(0, from + begin.length)}\n${part}\n${document.slice(to)}`;
}

function partsOf(results: Results): Record<string, string> {
  return {
    state: stateOf(results),
    targets: targetsTable(results),
    rates: told(results.rates, ratesTables, ['sustained', 'latency']),
    overload: told(results.overload, overloadTable),
    concerts: told(results.concerts, concertsTable, ['concerts']),
    waiting: told(results.waiting, waitingTables, ['waiting', 'memory']),
    fold: told(results.fold, foldTable),
  };
}

function told<Found>(
  section: (Circumstances & { readonly found?: Found }) | undefined,
  tables: (found: Found) => string,
  charts: readonly string[] = [],
): string {
  if (!section) return 'Not measured.';
  const { at, cores, cpu, node, others, minutes, failed, found } = section;
  const shown = charts.map((chart) => `![${chart}](benchmarks/${chart}.svg)\n`).join('');
  const where = `${cores} cores (${cpu}), Node ${node}`;
  const when = `Measured ${at.slice(0, 16).replace('T', ' ')} UTC, ${where}, in ${minutes.toFixed(1)} minutes; others used ${percent(others)}% of the machine meanwhile.`;
  const failures = failed.map(({ piece, reason }) => `\n\nFailed: ${piece} (${reason}).`).join('');
  return found === undefined ? `${when}${failures}` : `${when}\n\n${shown}\n${tables(found)}${failures}`;
}
