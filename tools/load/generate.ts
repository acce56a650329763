/** The load generator, a process of its own: `generate.ts <JSON of a LoadPlan>`; prints what it saw as one line of JSON. */
import { writeFileSync } from 'node:fs';
import { type Answer, Connection, entryTokenIn } from './connection.ts';
import { Follower } from './follower.ts';
import { FreeConnections } from './free-connections.ts';
import { Observations } from './observations.ts';
import type { LoadPlan } from './plan.ts';
import { documentPath, requestsOf } from './requests.ts';

/** Of an open loop: not counted, while connections and caches get going. */
const SETTLING_SHARE = 0.1;
/** When the arrivals are over, what is under way may take so long. */
const ANSWERED_WITHIN_MS = 2000;
/** Behind by so many seconds of arrivals, the step has failed, and the rest of it would only be more of the same. */
const HOPELESS_SECONDS = 1;

const plan = JSON.parse(process.argv[2] ?? '') as LoadPlan;
const address = new URL(plan.address);
const etag =
  plan.ask.kind === 'documents'
    ? ((await fetch(new URL(documentPath(plan.ask), address))).headers.get('etag') ?? '')
    : '';
const requests = requestsOf(plan, etag);
const connections = await Promise.all(Array.from({ length: plan.connections }, () => Connection.open(address)));
const follower = plan.followedPerSecond ? await Follower.open(address, plan.followedPerSecond) : undefined;
const seen = new Observations(requests.expected);
const accepted: string[] = [];

const from = performance.now();
const until = from + plan.seconds * 1000;
await (plan.rate === undefined ? closedLoop() : openLoop(plan.rate));
const seconds = (Math.min(performance.now(), until) - from) / 1000;
await follower?.done();
for (const connection of connections) connection.close();
if (plan.acceptedFile) writeFileSync(plan.acceptedFile, accepted.join('\n'));
console.log(JSON.stringify({ ...seen.summary(), seconds, ...(follower && { visible: follower.summary() }) }));

function enters(answer: Answer, at: number): void {
  follower?.offer(answer, at);
  if (plan.acceptedFile) accepted.push(entryTokenIn(answer));
}

async function closedLoop(): Promise<void> {
  await Promise.all(
    connections.map(
      (connection) =>
        new Promise<void>((resolve) => {
          const ask = (): void => {
            const sentAt = performance.now();
            if (sentAt >= until || !connection.open) {
              resolve();
              return;
            }
            connection.ask(requests.next(), (answer) => {
              seen.answered(answer, sentAt, performance.now());
              ask();
            });
          };
          ask();
        }),
    ),
  );
}

/** Request n is due at n / rate, and its latency counts from then: a server that stalls is not spared the requests meanwhile. */
function openLoop(rate: number): Promise<void> {
  const free = new FreeConnections(address, connections);
  const due = (n: number): number => from + (n * 1000) / rate;
  const countedFrom = from + plan.seconds * 1000 * SETTLING_SHARE;
  const all = Math.floor(plan.seconds * rate);
  let sent = 0;
  let answers = 0;
  return new Promise((resolve) => {
    const send = (now: number): void => {
      while (sent < all && due(sent) <= now) {
        const connection = free.take();
        if (!connection) return;
        const dueAt = due(sent++);
        connection.ask(requests.next(), (answer) => {
          const at = performance.now();
          answers++;
          seen.answered(answer, dueAt, at, dueAt >= countedFrom);
          if (answer) {
            if (answer.status === 202) enters(answer, at);
            free.give(connection);
            send(at);
          }
        });
      }
    };
    const tick = (): void => {
      const now = performance.now();
      send(now);
      const waiting = Math.min(all, ((now - from) * rate) / 1000) - sent;
      const over = now > until && (answers === sent || now > until + ANSWERED_WITHIN_MS);
      if (over || waiting > rate * HOPELESS_SECONDS) {
        seen.unanswered(Math.max(0, Math.floor(waiting)) + sent - answers);
        free.close();
        resolve();
        return;
      }
      setTimeout(tick, 1);
    };
    tick();
  });
}
