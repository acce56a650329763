// `npm run demo`: the whole system in one process, the shop, the waiting page and 300 simulated users; ends by itself or with Ctrl-C.
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { buildIfStale } from './build.mjs';
import { ended, launch, NODE, SERVER } from './run.mjs';

const CONCERT = 'demo';
const ADMIN_TOKEN = 'demo-admin-token-of-this-machine';
const POLICY = { capacity: 20, admissionsPerMinute: 90, claimWindowSeconds: 25, activeWindowSeconds: 60 };
const READY_WITHIN_MS = 60_000;

/** DEMO_MINUTES (10) and DEMO_FANS (300) are read from the environment. */
export async function demo() {
  const { DEMO_MINUTES = '10', DEMO_FANS = '300' } = process.env;
  const over = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => over.abort());
  await buildIfStale();
  const directory = mkdtempSync(join(tmpdir(), 'concert-queue-demo-'));
  const children = [];
  const begin = (args, env) => {
    const child = launch(NODE, args, { env });
    children.push({ child, end: ended(child) });
  };
  try {
    const addresses = await startAll(begin, directory, over.signal);
    if (over.signal.aborted) return 0;
    begin(['tools/demo/simulated-users.ts', addresses.room, CONCERT, DEMO_FANS], {});
    console.log(invitation(addresses, DEMO_FANS, DEMO_MINUTES));
    const failed = Promise.race(children.map(({ end }) => end)).then(() => 'failed');
    const time = pause(Number(DEMO_MINUTES) * 60_000, 'over', { signal: over.signal }).catch(() => 'over');
    const outcome = await Promise.race([failed, time]);
    return outcome === 'over' || over.signal.aborted ? 0 : 1;
  } finally {
    // Stop the users first and the server last: no user meets a closed server.
    for (const { child, end } of children.toReversed()) {
      child.kill('SIGTERM');
      await end;
    }
    rmSync(directory, { recursive: true, force: true });
  }
}

async function startAll(begin, directory, signal) {
  const [room, shop, page] = await Promise.all([3000, 4000, 4100].map(freePort));
  const [WAITING_ROOM, SHOP] = [`http://127.0.0.1:${room}`, `http://127.0.0.1:${shop}`];
  const waitingPage = `http://127.0.0.1:${page}/?concert=${CONCERT}`;
  const embedded = { EVENT_LOG: 'embedded', DATA_DIRECTORY: directory, NAME_PREFIX: '', ROLES: 'api,projector' };
  begin(SERVER, { ...embedded, HOST: '127.0.0.1', PORT: `${room}`, ADMIN_TOKEN, LOG_LEVEL: 'warn' });
  await answering(`${WAITING_ROOM}/health/ready`, signal);
  if (!signal.aborted) await openConcert(WAITING_ROOM);
  const shopSettings = { WAITING_ROOM, CONCERT_ID: CONCERT, WAITING_PAGE: waitingPage, LOG_LEVEL: 'warn' };
  begin(['examples/protected-site/server.ts'], { ...shopSettings, PORT: `${shop}` });
  const files = join(directory, 'page');
  begin(['examples/waiting-page/server.ts'], { WAITING_ROOM, SHOP, PORT: `${page}`, PAGE_DIRECTORY: files });
  await answering(waitingPage, signal);
  return { room: WAITING_ROOM, page: waitingPage, console: `${WAITING_ROOM}/console` };
}

async function openConcert(room) {
  const headers = { authorization: `Bearer ${ADMIN_TOKEN}`, 'content-type': 'application/json' };
  const init = { method: 'PUT', headers, body: JSON.stringify(POLICY) };
  const answer = await fetch(`${room}/v1/concerts/${CONCERT}/queue`, init);
  if (!answer.ok) throw new Error(`The concert was refused: ${await answer.text()}`);
}

/** Waits until the address answers well. */
async function answering(address, signal) {
  for (const deadline = Date.now() + READY_WITHIN_MS; !signal.aborted; await pause(100)) {
    // Refused connections are what is waited out.
    if (
      await fetch(address).then(
        ({ ok }) => ok,
        () => false,
      )
    )
      return;
    if (Date.now() > deadline) throw new Error(`${address} did not answer within ${READY_WITHIN_MS / 1000} s.`);
  }
}

/** This port, or if it is taken any other. */
function freePort(wanted) {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', (error) => (wanted === 0 ? reject(error) : resolve(freePort(0))));
    probe.listen(wanted, '127.0.0.1', () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}

function invitation({ page, console: operators }, fans, minutes) {
  return [
    '',
    `${fans} simulated users enter the queue of the concert "${CONCERT}". Open:`,
    '',
    `  be one of them    ${page}`,
    `  be the operator   ${operators}`,
    `                    admin token: ${ADMIN_TOKEN}`,
    '',
    `It ends in ${minutes} minutes, or with Ctrl-C. Nothing of it is kept.`,
    '',
  ].join('\n');
}
