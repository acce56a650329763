// The launcher's view of the local stack: starts it, reads its settings, and stops it if this run started it.
import { createServer } from 'node:net';
import { answer, ended, launch, NODE } from './run.mjs';

const STACK = 'tools/stack/stack.ts';
const PORTS = [
  ['STACK_KAFKA_PORT', 19092],
  ['STACK_KAFKA_CONTROLLER_PORT', 19093],
  ['STACK_REGISTRY_PORT', 18081],
  ['STACK_REDIS_PORT', 16379],
  ['STACK_POSTGRES_PORT', 15432],
];

/** Starts the stack. Returns its settings and a function that stops what this run started. */
export async function bringUpStack() {
  const ports = await portSettings();
  const up = await answer(NODE, [STACK, 'up', '--json'], { env: ports });
  if (up.status !== 0) throw new Error('The local stack did not start.');
  const startedHere = JSON.parse(up.output).every(({ started }) => started);
  const env = await answer(NODE, [STACK, 'env', '--json'], { env: ports });
  if (env.status !== 0) throw new Error('The local stack does not answer.');
  return {
    settings: { ...ports, ...JSON.parse(env.output) },
    end: async () => {
      if (!startedHere) return;
      console.log('Stopping the local stack.');
      // A process group of its own: a second Ctrl-C does not interrupt the shutdown.
      await ended(launch(NODE, [STACK, 'down'], { detached: true, env: ports }));
    },
  };
}

/** Empty while the usual ports are free or used by this checkout's own stack; otherwise free ports, so that two checkouts can test at once. */
async function portSettings() {
  if (PORTS.some(([name]) => process.env[name])) return {};
  const status = await answer(NODE, [STACK, 'status', '--json']);
  const own = JSON.parse(status.output || '[]');
  if (own.some(({ state }) => state !== 'stopped')) return {};
  if ((await Promise.all(PORTS.map(([, port]) => isFree(port)))).every(Boolean)) return {};
  for (let base = 21_000; base < 29_000; base += 100) {
    const block = PORTS.map(([name], index) => [name, base + index]);
    if ((await Promise.all(block.map(([, port]) => isFree(port)))).every(Boolean))
      return Object.fromEntries(block.map(([name, port]) => [name, `${port}`]));
  }
  throw new Error('No five free ports between 21000 and 29000 for the local stack.');
}

function isFree(port) {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ port, host: '127.0.0.1' }, () => server.close(() => resolve(true)));
  });
}
