// `npm start`: builds, starts the server, opens a demo concert and prints three example commands. `npm run start:stack`: also starts the stack.
import { resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { buildIfStale } from './build.mjs';
import { linesToTry, openDemoConcert } from './demo.mjs';
import { ended, launch, NODE, PROJECT, SERVER } from './run.mjs';
import { bringUpStack } from './stack.mjs';

const READY_WITHIN_MS = 90_000;

/** @param options.onStack use the local stack, even if KAFKA_BROKERS names another one; otherwise the environment decides. */
export async function start({ onStack }) {
  const interrupted = untilInterrupted();
  const stack = onStack ? await bringUpStack() : { settings: {}, end: () => undefined };
  try {
    await buildIfStale();
    const env = { ...process.env, ...stack.settings, ...(onStack && { EVENT_LOG: 'kafka' }) };
    if (isEmbedded(env)) console.log(aboutEmbedded(env));
    return interrupted.signal.aborted ? 0 : await serve(env, interrupted.signal);
  } finally {
    await stack.end();
  }
}

/** Decides as the server does. */
function isEmbedded({ EVENT_LOG: log, KAFKA_BROKERS: brokers }) {
  return log ? log === 'embedded' : !brokers;
}

function aboutEmbedded(env) {
  return [
    '',
    'Starting concert-queue in embedded mode: one process with its log in a file',
    `under ${resolve(PROJECT, env.DATA_DIRECTORY || '.data')}, and its queues in memory. This mode uses one machine:`,
    'acknowledged entries are on its disk and survive a crash, but not a loss of the disk.',
    'For Kafka, Redis and several machines, run npm run start:stack (docs/embedded.md).',
    '',
  ].join('\n');
}

async function serve(env, interrupted) {
  const address = `http://${shownHost(env.HOST)}:${env.PORT ?? 3000}`;
  const isTaken = await isReady(address);
  const server = launch(NODE, SERVER, { env });
  let isOver = false;
  const over = ended(server).then((status) => {
    isOver = true;
    return status;
  });
  const stop = () => server.kill('SIGTERM');
  interrupted.addEventListener('abort', stop);
  try {
    // Another server's readiness is not ours: ours says itself why it cannot start.
    if (!isTaken) await Promise.race([over, welcome(address, env, () => isOver || interrupted.aborted)]);
  } catch (error) {
    console.error(error.message);
    stop();
    await over;
    return 1;
  }
  const status = await over;
  // A signal from outside, e.g. from the kernel when memory is exhausted.
  if (server.signalCode && !interrupted.aborted) console.error(`The server was stopped by ${server.signalCode}.`);
  return interrupted.aborted ? 0 : status || 1; // the server must run until it is stopped
}

async function welcome(address, env, isOver) {
  const deadline = Date.now() + READY_WITHIN_MS;
  while (!(await isReady(address))) {
    if (isOver()) return;
    if (Date.now() > deadline) throw new Error(`The server was not ready within ${READY_WITHIN_MS / 1000} s.`);
    await pause(200);
  }
  await openDemoConcert(address, env);
  console.log(`\nconcert-queue is running at ${address}. The concert "demo" is open. Try in another terminal:\n`);
  for (const line of linesToTry(address)) console.log(`  ${line}`);
  const kept = isEmbedded(env) ? ' Acknowledged entries are kept for the next start.' : '';
  console.log(`\nPress Ctrl-C to stop.${kept}\n`);
}

async function isReady(address) {
  try {
    return (await fetch(`${address}/health/ready`)).ok;
  } catch {
    return false; // not listening yet
  }
}

function shownHost(host) {
  return host === undefined || host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host;
}

/** Aborts on the first SIGINT or SIGTERM and ignores later ones. */
function untilInterrupted() {
  const controller = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => controller.abort());
  return controller;
}
