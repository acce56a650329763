// `npm run test:faults [-- PATTERN]`: the fault suite in full, or the cells that a regular expression names; then the table in docs/faults.md.
import { runJest } from './jest.mjs';
import { ended, launch, NODE } from './run.mjs';
import { bringUpStack } from './stack.mjs';

/** `soak` is a file of its own. */
const FILES = { '': 'test/faults/', soak: 'test/faults/soak' };

export async function testFaults([pattern = '']) {
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => stop.abort());
  const stack = await bringUpStack();
  try {
    const env = { ...stack.settings, TEST_FORM: 'full', FAULTS: pattern };
    const { passed, failed } = await runJest('stack', {
      env,
      full: true,
      signal: stop.signal,
      workers: 1, // two cells at once would disturb each other
      only: [FILES[pattern] ?? 'test/faults/faults.e2e'],
    });
    const written = await ended(
      launch(NODE, ['--experimental-transform-types', '--disable-warning=ExperimentalWarning', 'test/faults/table.ts']),
    );
    console.log(`\n${passed} passed, ${failed} failed`);
    return failed === 0 && passed > 0 && written === 0 ? 0 : 1;
  } finally {
    await stack.end();
  }
}
