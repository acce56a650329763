/** One paragraph on what the tables rest on. */
import { FULL_MINUTES } from '../support/budget.ts';
import { type Results, readResults, SECTIONS } from './results.ts';

export function stateOf(results: Results = readResults()): string {
  const measured = SECTIONS.flatMap((name) => {
    const section = results[name];
    return section && name !== 'history' ? [{ name, ...section }] : [];
  });
  const [one] = measured;
  if (!one) return 'Not measured: no run has been kept.';
  const begun = Math.min(...measured.map(({ at, minutes }) => Date.parse(at) - minutes * 60_000));
  const ended = Math.max(...measured.map(({ at }) => Date.parse(at)));
  const missing = SECTIONS.filter((name) => name !== 'history' && !results[name]);
  const failed = measured.flatMap(({ name, failed }) => failed.map(({ piece }) => `${piece} (${name})`));
  const { history } = results;
  return [
    `Measured from ${minute(begun)} to ${minute(ended)} UTC on ${one.cores} cores (${one.cpu}), Node ${one.node}, ${lengthOf(measured.map(({ budget }) => budget))}.`,
    missing.length > 0 ? `Not measured: ${missing.join(', ')}.` : '',
    failed.length > 0 ? `Failed: ${[...new Set(failed)].join(', ')}.` : '',
    history?.found
      ? `The short form of the history checker ${history.found.passed ? 'passed' : '**failed**'} after it (${minute(Date.parse(history.at))}).`
      : 'The history checker was not run after it.',
  ]
    .filter((sentence) => sentence !== '')
    .join(' ');
}

function lengthOf(budgets: readonly number[]): string {
  if (budgets.every((minutes) => minutes >= FULL_MINUTES)) return 'at full length';
  const all = [...new Set(budgets)].toSorted((a, b) => a - b).join(' and ');
  return `with a budget of ${all} minutes: the figures at full length, ${FULL_MINUTES} minutes, are steadier`;
}

function minute(at: number): string {
  return new Date(at).toISOString().slice(0, 16).replace('T', ' ');
}
