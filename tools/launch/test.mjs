// `npm test`: installs missing programs, then runs the checks, the pure tests and the tests on real servers, each under its heading.
// The last line is `N passed, N failed`.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runJest } from './jest.mjs';
import { ended, launch, NODE, PROJECT } from './run.mjs';
import { bringUpStack } from './stack.mjs';

/** Exit status of a check that could not run here (as in Automake): neither passed nor failed. */
const NOT_RUN = 77;
/** The tests use the local stack, whatever the environment names. */
const SERVER_SETTINGS = ['KAFKA_BROKERS', 'SCHEMA_REGISTRY_URL', 'REDIS_URL', 'DATABASE_URL'];

/**
 * @param form.full longer forms with more generated cases (TEST_FORM=full for the tests)
 * @param form.only `unit`: the pure tests alone; `stack`: the tests on real servers alone; undefined: everything
 */
export async function test({ full, only }) {
  const run = new TestRun();
  for (const name of SERVER_SETTINGS) delete process.env[name];
  const env = { TEST_FORM: full ? 'full' : 'short' };
  const { signal } = run.stop;
  const checks = checkScripts();

  if (only !== 'unit' && !(await run.section('programs', () => programs(signal)))) return run.report();
  if (only === undefined)
    for (const check of checks.alone) await run.section(check, () => runCheck(check, env, signal));
  if (only !== 'stack') await run.section('pure tests', () => runJest('pure', { env, full, signal }));
  if (only === undefined)
    await run.section('end to end on the embedded log', () => runJest('embedded', { env, full, signal, workers: 3 }));
  if (only === undefined)
    await run.section('untrusted clients', () => runJest('untrusted', { env, full, signal, workers: 1 }));
  if (only !== 'unit') await onStack(run, { env, full, checks: only === undefined ? checks.onStack : [] });
  return run.report();
}

async function onStack(run, { env, full, checks }) {
  const { signal } = run.stop;
  let stack;
  await run.section('local stack', async () => {
    stack = await bringUpStack();
    return { passed: 0, failed: 0 };
  });
  if (!stack) return;
  const withStack = { ...env, ...stack.settings };
  for (const check of checks) await run.section(check, () => runCheck(check, withStack, signal));
  await run.section('tests on real servers', () => runJest('stack', { env: withStack, full, signal }));
  await stack.end();
}

/** Counts passed and failed over all sections; SIGINT and SIGTERM end the run after the section. */
class TestRun {
  stop = new AbortController();
  #passed = 0;
  #failed = 0;
  #notRun = [];

  constructor() {
    for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => this.stop.abort());
  }

  /** @returns whether nothing failed in it */
  async section(title, work) {
    if (this.stop.signal.aborted) return false;
    const from = Date.now();
    console.log(`\n== ${title}`);
    const { passed, failed } = await work().catch((error) => {
      console.log(error.message);
      return { passed: 0, failed: 1 };
    });
    this.#passed += passed;
    this.#failed += failed;
    const result =
      passed + failed === 0 && title.startsWith('check:') ? 'NOT RUN' : `${passed} passed, ${failed} failed`;
    if (result === 'NOT RUN') this.#notRun.push(title);
    console.log(`== ${title}: ${result}, ${((Date.now() - from) / 1000).toFixed(1)} s`);
    return failed === 0;
  }

  report() {
    if (this.stop.signal.aborted) this.#failed += 1;
    if (this.#notRun.length > 0) console.log(`\nNot run: ${this.#notRun.join(', ')}`);
    console.log(`\n${this.#passed} passed, ${this.#failed} failed`);
    return this.#failed === 0 && this.#passed > 0 ? 0 : 1;
  }
}

async function programs(signal) {
  const status = await ended(launch(NODE, ['tools/stack/programs.ts'], { signal }));
  return { passed: 0, failed: status === 0 ? 0 : 1 };
}

/** The scripts of package.json named `check:…`; those named `check:stack:…` need the running stack. */
function checkScripts() {
  const { scripts } = JSON.parse(readFileSync(join(PROJECT, 'package.json'), 'utf8'));
  const checks = Object.keys(scripts).filter((name) => name.startsWith('check:'));
  const onStack = checks.filter((name) => name.startsWith('check:stack:'));
  return { alone: checks.filter((name) => !onStack.includes(name)), onStack };
}

async function runCheck(script, env, signal) {
  const status = await ended(launch('npm', ['run', '--silent', script], { env, signal }));
  if (status === NOT_RUN) return { passed: 0, failed: 0 };
  return status === 0 ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 };
}
