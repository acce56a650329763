/** What the cells saw, kept from run to run: a cell may be run again alone. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PROJECT } from '../../tools/stack/settings.ts';
import { type CellResult, nameOf } from './fault-case.ts';

const FILE = join(PROJECT, 'docs', 'faults.json');

export interface KeptResult extends CellResult {
  /** Day of the run. */
  readonly on: string;
}

export function keptResults(): readonly KeptResult[] {
  return existsSync(FILE) ? (JSON.parse(readFileSync(FILE, 'utf8')) as KeptResult[]) : []; // written below
}

/** Puts a result in the place of the former one of its cell. */
export function keepResult(result: CellResult): void {
  const others = keptResults().filter((one) => nameOf(one) !== nameOf(result));
  const on = new Date().toISOString().slice(0, 10);
  const all = [...others, { ...result, on }].toSorted((a, b) => nameOf(a).localeCompare(nameOf(b)));
  writeFileSync(FILE, `${JSON.stringify(all, null, 2)}\n`);
}
