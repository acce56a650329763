// `npm start`: stack, build, server, an open demo concert, three lines to try; Ctrl-C ends all of it.
import { setTimeout as pause } from 'node:timers/promises';
import { buildIfStale } from './build.mjs';
import { linesToTry, openDemoConcert } from './demo.mjs';
import { ended, launch, NODE } from './run.mjs';
import { bringUpStack } from './stack.mjs';

const READY_WITHIN_MS = 90_000;

/** @param options.alwaysStack the local stack even where KAFKA_BROKERS names another. */
export async function start({ alwaysStack }) {
  const interrupted = untilInterrupted();
  const ownServers = process.env.KAFKA_BROKERS && !alwaysStack;
  const stack = ownServers ? { settings: {}, end: () => undefined } : await bringUpStack();
  try {
    await buildIfStale();
    return interrupted.signal.aborted ? 0 : await serve({ ...process.env, ...stack.settings }, interrupted.signal);
  } finally {
    await stack.end();
  }
}

async function serve(env, interrupted) {
  const server = launch(NODE, ['--enable-source-maps', 'dist/main.js'], { env });
  let isOver = false;
  const over = ended(server).then((status) => {
    isOver = true;
    return status;
  });
  const stop = () => server.kill('SIGTERM');
  interrupted.addEventListener('abort', stop);
  try {
    const address = `http://${shownHost(env.HOST)}:${env.PORT ?? 3000}`;
    await Promise.race([over, welcome(address, env, () => isOver || interrupted.aborted)]);
  } catch (error) {
    console.error(error.message);
    stop();
    await over;
    return 1;
  }
  const status = await over;
  return interrupted.aborted ? 0 : status || 1; // it should have gone on until told to end
}

async function welcome(address, env, isOver) {
  const deadline = Date.now() + READY_WITHIN_MS;
  while (!(await isReady(address))) {
    if (isOver()) return;
    if (Date.now() > deadline) throw new Error(`The server was not ready within ${READY_WITHIN_MS / 1000} s.`);
    await pause(200);
  }
  await openDemoConcert(address, env);
  console.log(`\nconcert-queue answers at ${address} and the concert "demo" is open. To try in another terminal:\n`);
  for (const line of linesToTry(address)) console.log(`  ${line}`);
  console.log('\nCtrl-C ends it.\n');
}

async function isReady(address) {
  try {
    return (await fetch(`${address}/health/ready`)).ok;
  } catch {
    return false; // not listening yet: that is what is waited for
  }
}

function shownHost(host) {
  return host === undefined || host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host;
}

/** Aborts at the first SIGINT or SIGTERM; later ones are ignored, the end is on its way. */
function untilInterrupted() {
  const controller = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => controller.abort());
  return controller;
}
