// One project of jest.config.js, counted from jest's own report.
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ended, launch, NODE } from './run.mjs';

/** A run that takes longer hangs. */
const DEADLINE_MS = { short: 40 * 60_000, full: 120 * 60_000 };
/** After its report jest has nothing left to do; what still lives then is a handle that some test left open. */
const MUST_END_MS = 15_000;

/** Answers how many tests passed and failed. A suite that does not load, a skipped test and an open handle count as failed. */
export async function runJest(project, { env, full, signal, only = [], workers = 2 }) {
  const folder = mkdtempSync(join(tmpdir(), 'jest-report-'));
  const report = join(folder, 'report.json');
  try {
    const deadlineMs = full ? DEADLINE_MS.full : DEADLINE_MS.short;
    const outcome = await runUntilReport(project, report, {
      env,
      deadlineMs,
      signal,
      only: [`--maxWorkers=${workers}`, ...only],
    });
    if (!existsSync(report)) throw new Error(`jest gave no report (${outcome}).`);
    const counts = count(JSON.parse(readFileSync(report, 'utf8')));
    if (outcome === 'hung') {
      console.log(`jest did not end by itself: a test of the project "${project}" leaves a handle open.`);
      counts.failed += 1;
    }
    return counts;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function count({ numPassedTests, numFailedTests, numPendingTests, numTotalTests, numRuntimeErrorTestSuites }) {
  if (numPendingTests > 0) console.log(`${numPendingTests} tests were skipped; that counts as failed.`);
  if (numTotalTests === 0) throw new Error('No test ran.');
  return { passed: numPassedTests, failed: numFailedTests + numRuntimeErrorTestSuites + numPendingTests };
}

async function runUntilReport(project, report, { env, deadlineMs, signal, only }) {
  const jest = ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning', 'node_modules/jest/bin/jest.js'];
  const args = ['--selectProjects', project, '--json', '--outputFile', report, ...only];
  // With --json jest prints the report on standard output too: only what it says to people is wanted there.
  const child = launch(NODE, [...jest, ...args], { env, signal, stdio: ['ignore', 'ignore', 'inherit'] });
  let outcome = 'ended';
  const from = Date.now();
  let reportedAt;
  const watch = setInterval(() => {
    if (existsSync(report)) reportedAt ??= Date.now();
    const hung = reportedAt !== undefined && Date.now() - reportedAt > MUST_END_MS;
    if (!hung && Date.now() - from < deadlineMs) return;
    outcome = hung ? 'hung' : 'over its deadline';
    child.kill('SIGKILL');
  }, 500);
  try {
    await ended(child);
    return outcome;
  } finally {
    clearInterval(watch);
  }
}
