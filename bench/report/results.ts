/** What was measured last, section by section: kept in the repository, and what tables and charts are made of. */
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import type { AtConcerts } from '../sections/concerts.ts';
import type { FoldResult } from '../sections/fold.ts';
import type { OverloadResult } from '../sections/overload.ts';
import type { RateResult } from '../sections/rates.ts';
import type { WaitingResult } from '../sections/waiting.ts';
import type { Failure } from '../support/step-runner.ts';

export interface Sections {
  readonly rates: readonly RateResult[];
  readonly overload: OverloadResult;
  readonly concerts: readonly AtConcerts[];
  readonly waiting: WaitingResult;
  readonly fold: FoldResult;
  readonly history: { readonly passed: boolean; readonly seconds: number };
}
export type SectionName = keyof Sections;
/** In the order in which they are measured: what the table of aims needs comes first. */
export const SECTIONS = [
  'fold',
  'overload',
  'waiting',
  'concerts',
  'rates',
  'history',
] as const satisfies readonly SectionName[];

/** When and where a section was measured. */
export interface Circumstances {
  readonly at: string;
  readonly cores: number;
  readonly cpu: string;
  readonly node: string;
  /** Share of the machine that neither the section nor its servers used, 0 to 1. */
  readonly others: number;
  readonly minutes: number;
  /** Minutes that the whole run was given. */
  readonly budget: number;
  /** What was to be measured with it, and was not. */
  readonly failed: readonly Failure[];
}

export type Results = { readonly [Name in SectionName]?: Circumstances & { readonly found?: Sections[Name] } };

export const DOCUMENTS = join(import.meta.dirname, '..', '..', 'docs', 'benchmarks');
const FILE = join(DOCUMENTS, 'results.json');

export function readResults(): Results {
  return existsSync(FILE) ? (JSON.parse(readFileSync(FILE, 'utf8')) as Results) : {};
}

export function keep<Name extends SectionName>(
  name: Name,
  found: Sections[Name] | undefined,
  failed: readonly Failure[],
  { others, minutes, budget }: Pick<Circumstances, 'others' | 'minutes' | 'budget'>,
): void {
  const machine = { cores: cpus().length, cpu: cpus()[0]?.model ?? '', node: process.version };
  const spent = { others: short(others), minutes: short(minutes), budget };
  const kept = { at: new Date().toISOString(), ...machine, ...spent, failed, ...(found && { found }) };
  mkdirSync(DOCUMENTS, { recursive: true });
  const results = { ...readResults(), [name]: kept };
  const text = JSON.stringify(results, (_key, value: unknown) => (typeof value === 'number' ? short(value) : value), 1);
  writeFileSync(`${FILE}.new`, `${text}\n`);
  renameSync(`${FILE}.new`, FILE); // a run that is killed here has still kept the rest
}

/** Four digits say all that is known. */
function short(value: number): number {
  return Number.isInteger(value) ? value : Number(value.toPrecision(4));
}
