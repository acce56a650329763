/** Writes the table of docs/faults.md from the latest result of each fault case. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PROJECT } from '../../tools/stack/settings.ts';
import { type FaultResult, nameOf } from './fault-case.ts';
import { FAULT_CASES } from './matrix.ts';
import { keptResults } from './results.ts';

const FILE = join(PROJECT, 'docs', 'faults.md');
const [BEGIN, END] = ['<!-- table: begin -->', '<!-- table: end -->'];

const results = new Map(keptResults().map((result) => [nameOf(result), result]));
const named = new Set(FAULT_CASES.map(nameOf));
const others = [...results.values()].filter((result) => !named.has(nameOf(result)));
const rows = [...FAULT_CASES, ...others].map((faultCase) => row(faultCase, results.get(nameOf(faultCase))));
const table = ['| fault | phase | observed | duration | recovery | promises |', '|---|---|---|---|---|---|', ...rows];
const text = readFileSync(FILE, 'utf8');
const [before = ''] = text.split(BEGIN);
const [, after = ''] = text.split(END);
writeFileSync(FILE, `${before}${BEGIN}\n${table.join('\n')}\n${END}${after}`);

function row({ fault, phase }: Pick<FaultResult, 'fault' | 'phase'>, result: FaultResult | undefined): string {
  if (!result) return `| ${fault} | ${phase} | not run | | | |`;
  const kept = result.failures.length === 0 ? 'kept' : `**broken**: ${result.failures.map(escapeCell).join('; ')}`;
  return `| ${fault} | ${phase} | ${escapeCell(result.seen)} | ${seconds(result.lastedMs)} | ${seconds(result.healedMs)} | ${kept} |`;
}

function seconds(ms: number | null): string {
  if (ms === null) return '-';
  return `${(ms / 1_000).toFixed(1)} s`;
}

function escapeCell(words: string): string {
  return words.replaceAll('|', '\\|').replaceAll('\n', ' ').slice(0, 400);
}
