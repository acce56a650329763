import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';
import { errorCode } from './error-code.ts';
import { StackError } from './settings.ts';

/** Throws StackError, naming port, component and the setting that changes it, when something else listens there. */
export async function requireFreePort(port: number, component: string, setting: string): Promise<void> {
  if (await isFree(port)) return;
  throw new StackError(
    `Port ${port} of ${component} is in use by another program. End that program, or choose another port: ${setting}=<port>.`,
  );
}

const FIRST = 20_000;
const LAST = 29_999;
/** Processes of tests that run side by side draw from ports of their own; jest numbers them from 1. */
const LANES = 16;
const PER_LANE = (LAST + 1 - FIRST) / LANES;
const lane = Number(process.env['JEST_WORKER_ID'] ?? 0) % LANES;
let drawn = randomInt(PER_LANE);

/**
 * Ports of 127.0.0.1 that were free a moment ago. This process gives each out once in some hundreds, so that nobody gets one that
 * was promised to a server which does not listen yet, or is down for a while. They lie below the range from which systems take
 * the ports of outgoing connections: a client that keeps knocking at a server that is down could else connect to itself.
 */
export async function freePorts(count: number): Promise<number[]> {
  const found: number[] = [];
  for (let tries = 0; found.length < count; tries++) {
    if (tries === PER_LANE) throw new StackError(`No free ports between ${FIRST} and ${LAST}.`);
    drawn = (drawn + 1) % PER_LANE;
    const port = FIRST + drawn * LANES + lane;
    if (await isFree(port)) found.push(port);
  }
  return found;
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', (error) => (errorCode(error) === 'EADDRINUSE' ? resolve(false) : reject(error)));
    server.listen({ port, host: '127.0.0.1' }, () => server.close(() => resolve(true)));
  });
}
