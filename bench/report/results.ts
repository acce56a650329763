/** What was measured last, section by section: kept in the repository, and what tables and charts are made of. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import type { AtConcerts } from '../sections/concerts.ts';
import type { FoldResult } from '../sections/fold.ts';
import type { OverloadResult } from '../sections/overload.ts';
import type { RateResult } from '../sections/rates.ts';
import type { WaitingResult } from '../sections/waiting.ts';

export interface Sections {
  readonly rates: readonly RateResult[];
  readonly overload: OverloadResult;
  readonly concerts: readonly AtConcerts[];
  readonly waiting: WaitingResult;
  readonly fold: FoldResult;
  readonly history: { readonly passed: boolean; readonly seconds: number };
}
export type SectionName = keyof Sections;

/** When and where a section was measured. */
export interface Circumstances {
  readonly at: string;
  readonly cores: number;
  readonly cpu: string;
  readonly node: string;
  /** Share of the machine that neither the section nor its servers used, 0 to 1. */
  readonly others: number;
  readonly minutes: number;
}

export type Results = { readonly [Name in SectionName]?: Circumstances & { readonly found: Sections[Name] } };

export const DOCUMENTS = join(import.meta.dirname, '..', '..', 'docs', 'benchmarks');
const FILE = join(DOCUMENTS, 'results.json');

export function readResults(): Results {
  return existsSync(FILE) ? (JSON.parse(readFileSync(FILE, 'utf8')) as Results) : {};
}

export function keep(
  name: SectionName,
  found: Sections[SectionName],
  { others, minutes }: Pick<Circumstances, 'others' | 'minutes'>,
): void {
  const machine = { cores: cpus().length, cpu: cpus()[0]?.model ?? '', node: process.version };
  const circumstances = { at: new Date().toISOString(), ...machine, others: short(others), minutes: short(minutes) };
  mkdirSync(DOCUMENTS, { recursive: true });
  const results = { ...readResults(), [name]: { ...circumstances, found } };
  const text = JSON.stringify(results, (_key, value: unknown) => (typeof value === 'number' ? short(value) : value), 1);
  writeFileSync(FILE, `${text}\n`);
}

/** Four digits say all that is known. */
function short(value: number): number {
  return Number.isInteger(value) ? value : Number(value.toPrecision(4));
}
