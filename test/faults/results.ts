/** Stores the results of the fault cases, so that a single case can be repeated. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PROJECT } from '../../tools/stack/settings.ts';
import { type FaultResult, nameOf } from './fault-case.ts';

const FILE = join(PROJECT, 'docs', 'faults.json');

export interface KeptResult extends FaultResult {
  /** Day of the run. */
  readonly on: string;
}

export function keptResults(): readonly KeptResult[] {
  return existsSync(FILE) ? (JSON.parse(readFileSync(FILE, 'utf8')) as KeptResult[]) : []; // written below
}

/** Replaces the previous result of the case. */
export function keepResult(result: FaultResult): void {
  const others = keptResults().filter((one) => nameOf(one) !== nameOf(result));
  const on = new Date().toISOString().slice(0, 10);
  const all = [...others, { ...result, on }].toSorted((a, b) => nameOf(a).localeCompare(nameOf(b)));
  writeFileSync(FILE, `${JSON.stringify(all, null, 2)}\n`);
}
