/** The latest results of each section, stored in the repository: the source of tables and charts. */
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
/** In the order of measurement: sections that the targets need come first. */
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
  /** CPU share of other processes, 0 to 1. */
  readonly backgroundCpu: number;
  readonly minutes: number;
  /** Budget of the whole run in minutes. */
  readonly budget: number;
  /** Measurements that failed. */
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
  { backgroundCpu, minutes, budget }: Pick<Circumstances, 'backgroundCpu' | 'minutes' | 'budget'>,
): void {
  const machine = { cores: cpus().length, cpu: cpus()[0]?.model ?? '', node: process.version };
  const spent = { backgroundCpu: short(backgroundCpu), minutes: short(minutes), budget };
  const kept = { at: new Date().toISOString(), ...machine, ...spent, failed, ...(found && { found }) };
  mkdirSync(DOCUMENTS, { recursive: true });
  const results = { ...readResults(), [name]: kept };
  const text = JSON.stringify(results, (_key, value: unknown) => (typeof value === 'number' ? short(value) : value), 1);
  writeFileSync(`${FILE}.new`, `${text}\n`);
  renameSync(`${FILE}.new`, FILE); // atomic, if the run is killed here
}

/** Four digits are enough. */
function short(value: number): number {
  return Number.isInteger(value) ? value : Number(value.toPrecision(4));
}
