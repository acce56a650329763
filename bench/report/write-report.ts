/** Writes the tables of docs/benchmarks.md and bench/notes/latest-run.md and the charts from the stored results. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { chartsOf } from './charts.ts';
import { latenciesTable, ratesTable } from './rates-tables.ts';
import { type Circumstances, DOCUMENTS, type Results, readResults } from './results.ts';
import { concertsTable, foldTable, overloadTable } from './small-tables.ts';
import { stateOf } from './state.ts';
import { percent } from './table.ts';
import { targetsTable } from './targets.ts';
import { waitingTables } from './waiting-tables.ts';

const PAGE = join(DOCUMENTS, '..', 'benchmarks.md');
const NOTE = join(import.meta.dirname, '..', 'notes', 'latest-run.md');

export function writeReport(results: Results = readResults()): void {
  writeParts(PAGE, pageParts(results));
  writeParts(NOTE, noteParts(results));
  for (const [name, svg] of Object.entries(chartsOf(results))) writeFileSync(join(DOCUMENTS, `${name}.svg`), svg);
}

function writeParts(path: string, parts: Readonly<Record<string, string>>): void {
  const text = readFileSync(path, 'utf8');
  writeFileSync(
    path,
    Object.entries(parts).reduce((document, [name, part]) => withPart(document, name, part), text),
  );
}

/** The document with the text between the markers of this part replaced. @throws Error if there are no such markers */
export function withPart(document: string, name: string, part: string): string {
  const [begin, end] = [`<!-- results: ${name} -->`, '<!-- end -->'];
  const from = document.indexOf(begin);
  const to = document.indexOf(end, from);
  if (from < 0 || to < 0) throw new Error(`The report has no markers for ${name}.`);
  return `${document.slice(0, from + begin.length)}\n${part}\n${document.slice(to)}`;
}

function pageParts(results: Results): Record<string, string> {
  return {
    state: stateOf(results),
    targets: targetsTable(results),
    rates: section(results.rates, ratesTable, ['sustained', 'latency']),
    waiting: section(results.waiting, waitingTables),
  };
}

function noteParts(results: Results): Record<string, string> {
  return {
    latencies: section(results.rates, latenciesTable),
    concerts: section(results.concerts, concertsTable),
    overload: section(results.overload, overloadTable),
    fold: section(results.fold, foldTable),
  };
}

function section<Found>(
  result: (Circumstances & { readonly found?: Found }) | undefined,
  tables: (found: Found) => string,
  charts: readonly string[] = [],
): string {
  if (!result) return 'Not measured.';
  const { at, minutes, backgroundCpu, failed, found } = result;
  const images = charts.map((chart) => `![${chart}](benchmarks/${chart}.svg)\n`).join('');
  const when = `Measured ${at.slice(0, 16).replace('T', ' ')} UTC in ${minutes.toFixed(1)} minutes. Other processes used ${percent(backgroundCpu)}% of the CPU.`;
  const failures = failed.map(({ step, reason }) => `\n\nFailed: ${step} (${reason}).`).join('');
  return found === undefined ? `${when}${failures}` : `${when}\n\n${images}\n${tables(found)}${failures}`;
}
