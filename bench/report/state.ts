/** One paragraph: when, where and how the results were measured. */
import { FULL_MINUTES } from '../support/budget.ts';
import { type Results, readResults, SECTIONS } from './results.ts';

export function stateOf(results: Results = readResults()): string {
  const measured = SECTIONS.flatMap((name) => {
    const section = results[name];
    return section && name !== 'history' ? [{ name, ...section }] : [];
  });
  const [one] = measured;
  if (!one) return 'Not measured: there are no results.';
  const restarted = Math.min(...measured.map(({ at, minutes }) => Date.parse(at) - minutes * 60_000));
  const ended = Math.max(...measured.map(({ at }) => Date.parse(at)));
  const missing = SECTIONS.filter((name) => name !== 'history' && !results[name]);
  const failed = measured.flatMap(({ name, failed }) => failed.map(({ step }) => `${step} (${name})`));
  const { history } = results;
  return [
    `Measured from ${minute(restarted)} to ${minute(ended)} UTC on ${one.cores} cores (${one.cpu}), Node ${one.node}, ${lengthOf(measured.map(({ budget }) => budget))}.`,
    missing.length > 0 ? `Not measured: ${missing.join(', ')}.` : '',
    failed.length > 0 ? `Failed: ${[...new Set(failed)].join(', ')}.` : '',
    history?.found
      ? `The short history check ${history.found.passed ? 'passed' : '**failed**'} afterwards (${minute(Date.parse(history.at))}).`
      : 'The history check did not run afterwards.',
  ]
    .filter((sentence) => sentence !== '')
    .join(' ');
}

function lengthOf(budgets: readonly number[]): string {
  if (budgets.every((minutes) => minutes >= FULL_MINUTES)) return 'full length';
  const all = [...new Set(budgets)].toSorted((a, b) => a - b).join(' and ');
  return `with a budget of ${all} minutes; results of a full run (${FULL_MINUTES} minutes) vary less`;
}

function minute(at: number): string {
  return new Date(at).toISOString().slice(0, 16).replace('T', ' ');
}
