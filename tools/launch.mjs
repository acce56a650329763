// What `npm start` and `npm test` call. Works on a fresh clone with Node 18 or later: installs first, then goes on with the pinned Node.
import { prepare } from './launch/prepare.mjs';

const TASKS = {
  start: async () => (await import('./launch/start.mjs')).start({ onStack: false }),
  'start:stack': async () => (await import('./launch/start.mjs')).start({ onStack: true }),
  demo: async () => (await import('./launch/demo-launcher.mjs')).demo(),
  test: async () => (await import('./launch/test.mjs')).test({ full: false }),
  cli: async () => (await import('./launch/run-built.mjs')).runBuilt('dist/cli.js', process.argv.slice(3)),
  'test:faults': async () => (await import('./launch/faults.mjs')).testFaults(process.argv.slice(3)),
  bench: async () => (await import('./launch/run-built.mjs')).runBuilt('bench/bench.ts', process.argv.slice(3)),
  'test:full': async () => (await import('./launch/test.mjs')).test({ full: true }),
  'test:unit': async () => (await import('./launch/test.mjs')).test({ full: false, only: 'unit' }),
  'test:stack': async () => (await import('./launch/test.mjs')).test({ full: false, only: 'stack' }),
};

const task = TASKS[process.argv[2]];
if (!task) {
  console.error(`Usage: node tools/launch.mjs ${Object.keys(TASKS).join(' | ')}`);
  process.exit(2);
}
try {
  prepare();
  process.exitCode = await task();
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
