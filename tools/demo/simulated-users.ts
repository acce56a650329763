/** Simulated users for a concert, each with the client that browsers use. `node tools/demo/simulated-users.ts ADDRESS CONCERT FANS`; ends with SIGTERM. */
import { setTimeout as pause } from 'node:timers/promises';
import { type Entry, hasEnded, isPassing, QueueProblem, WaitingRoom } from '../../clients/typescript/src/index.ts';

const [address = 'http://127.0.0.1:3000', concertId = 'demo', fans = '300'] = process.argv.slice(2);
/** The first of all come within this time: the rush of an opening. */
const RUSH_MS = 20_000;
const REPORT_INTERVAL_MS = 10_000;
const LEAVES = 0.1;
const NEVER_CLAIMS = 0.06;
const BUYS_NOTHING = 0.1;

const stop = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort());
const { signal } = stop;
const seen: Record<string, number> = {};
const between = (least: number, most: number): number => least + Math.random() * (most - least);
const wait = (ms: number) => pause(ms, undefined, { signal });

/** One visit after the other, each as a new user, until the end. */
async function simulatedUser(number: number): Promise<void> {
  await wait(between(0, RUSH_MS));
  for (let visit = 1; ; visit += 1) {
    const state = await visitAs(`fan-${number}-${visit}`).catch((error: unknown) => {
      if (isPassing(error)) return 'away'; // the server restarts, or has had enough: come back later
      throw error;
    });
    seen[state] = (seen[state] ?? 0) + 1;
    await wait(between(5_000, 40_000));
  }
}

/** @returns how it ended */
async function visitAs(userId: string): Promise<Entry['state'] | 'away'> {
  const room = new WaitingRoom({ baseUrl: address });
  await room.enter(concertId, { userId }, { signal });
  const timeout = Math.random() < LEAVES ? between(5_000, 60_000) : undefined;
  const claims = Math.random() >= NEVER_CLAIMS;
  let called = false;
  const giveUp = setTimeout(() => void room.leave(concertId, { signal }).catch(isOver), timeout ?? 2 ** 31 - 1);
  try {
    for await (const { entry } of room.follow(concertId, { signal })) {
      if (entry.state === 'READY' && claims && !called) {
        called = true;
        clearTimeout(giveUp);
        void buy(room).catch(isOver);
      }
      if (hasEnded(entry)) return entry.state;
    }
    return 'away';
  } finally {
    clearTimeout(giveUp);
  }
}

async function buy(room: WaitingRoom): Promise<void> {
  await wait(between(500, 6_000));
  const { admissionToken } = await room.claim(concertId, { signal });
  await wait(between(2_000, 15_000));
  if (Math.random() >= BUYS_NOTHING) await room.complete(admissionToken, { signal });
}

/** A fan may be too late, and the demo may be over; anything else is a fault of this program. */
function isOver(error: unknown): void {
  if (!signal.aborted && !(error instanceof QueueProblem) && !isPassing(error)) throw error;
}

async function report(): Promise<void> {
  const room = new WaitingRoom({ baseUrl: address });
  for (;;) {
    await wait(REPORT_INTERVAL_MS);
    const { waiting, ready, active, admittedPerMinute } = await room.queue(concertId, { signal });
    const { COMPLETED: bought = 0, LEFT: left = 0, EXPIRED: expired = 0 } = seen;
    const now = `waiting ${waiting}, called ${ready}, in the shop ${active}, ${admittedPerMinute.toFixed(0)} a minute`;
    console.log(`${now}; so far bought ${bought}, left ${left}, too late ${expired}`);
  }
}

const all = [report(), ...Array.from({ length: Number(fans) }, (_, number) => simulatedUser(number))];
await Promise.all(all).catch((error: unknown) => {
  if (signal.aborted) return;
  stop.abort();
  throw error;
});
