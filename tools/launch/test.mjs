// `npm test`: the gates, the pure tests and the tests on real servers, each under its heading; closes with one line of counts.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runJest } from './jest.mjs';
import { ended, launch, PROJECT } from './run.mjs';
import { bringUpStack } from './stack.mjs';

/** @param form.full the long forms: more and longer generated cases (TEST_FORM=full for the tests to see). */
export async function test({ full }) {
  const tally = { passed: 0, failed: 0 };
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => stop.abort());
  const env = { TEST_FORM: full ? 'full' : 'short' };
  const section = async (title, work) => {
    if (stop.signal.aborted) return;
    const from = Date.now();
    console.log(`\n== ${title}`);
    const { passed, failed } = await work().catch((error) => {
      console.log(error.message);
      return { passed: 0, failed: 1 };
    });
    tally.passed += passed;
    tally.failed += failed;
    console.log(`== ${title}: ${passed} passed, ${failed} failed, ${((Date.now() - from) / 1000).toFixed(1)} s`);
  };

  const gates = gateScripts();
  for (const gate of gates.alone) await section(gate, () => runGate(gate, env, stop.signal));
  await section('pure tests', () => runJest('pure', { env, full, signal: stop.signal }));
  await section('end to end on the embedded log', () =>
    runJest('embedded', { env, full, signal: stop.signal, workers: 3 }),
  );
  let stack;
  await section('local stack', async () => {
    stack = await bringUpStack();
    return { passed: 0, failed: 0 };
  });
  if (stack) {
    const onStack = { ...env, ...stack.settings };
    for (const gate of gates.onStack) await section(gate, () => runGate(gate, onStack, stop.signal));
    await section('tests on real servers', () => runJest('stack', { env: onStack, full, signal: stop.signal }));
    await stack.end();
  }
  if (stop.signal.aborted) tally.failed += 1;
  console.log(`\n${tally.passed} passed, ${tally.failed} failed`);
  return tally.failed === 0 && tally.passed > 0 ? 0 : 1;
}

/** The scripts of package.json named `gate:…`, or `gates` as one; those named `gate:stack:…` need the running stack. */
function gateScripts() {
  const { scripts } = JSON.parse(readFileSync(join(PROJECT, 'package.json'), 'utf8'));
  const gates = Object.keys(scripts).filter((name) => name.startsWith('gate:'));
  const onStack = gates.filter((name) => name.startsWith('gate:stack:'));
  const alone = gates.filter((name) => !onStack.includes(name));
  return { alone: alone.length > 0 ? alone : ['gates'], onStack };
}

async function runGate(script, env, signal) {
  const status = await ended(launch('npm', ['run', '--silent', script], { env, signal }));
  return status === 0 ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 };
}
