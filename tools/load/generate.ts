/** The load generator, in its own process: `generate.ts <JSON of a LoadPlan>`. Prints a LoadResult as one line of JSON. */
import { writeFileSync } from 'node:fs';
import { Connection, entryTokenIn, type Response } from './connection.ts';
import { ConnectionPool } from './connection-pool.ts';
import { Observations } from './observations.ts';
import type { LoadPlan } from './plan.ts';
import { documentPath, requestsOf } from './requests.ts';
import { VisibilitySampler } from './visibility-sampler.ts';

/** The first share of an open loop, while connections and caches warm up; its latencies are not recorded. */
const WARM_UP_SHARE = 0.1;
/** After the last arrival, requests in progress may take this long. */
const RESPONSE_TIMEOUT_MS = 2000;
/** An open loop that is behind by more seconds of arrivals has failed and stops early. */
const MAX_BEHIND_SECONDS = 1;

const plan = JSON.parse(process.argv[2] ?? '') as LoadPlan;
const address = new URL(plan.address);
const etag =
  plan.workload.kind === 'documents'
    ? ((await fetch(new URL(documentPath(plan.workload), address))).headers.get('etag') ?? '')
    : '';
const requests = requestsOf(plan, etag);
const connections = await Promise.all(Array.from({ length: plan.connections }, () => Connection.open(address)));
const sampler = plan.samplesPerSecond ? await VisibilitySampler.open(address, plan.samplesPerSecond) : undefined;
const observations = new Observations(requests.expected);
const entryTokens: string[] = [];

const from = performance.now();
const until = from + plan.seconds * 1000;
await (plan.rate === undefined ? closedLoop() : openLoop(plan.rate));
const seconds = (Math.min(performance.now(), until) - from) / 1000;
await sampler?.close();
for (const connection of connections) connection.close();
if (plan.entryTokensFile) writeFileSync(plan.entryTokensFile, entryTokens.join('\n'));
console.log(JSON.stringify({ ...observations.summary(), seconds, ...(sampler && { visible: sampler.summary() }) }));

function onAccepted(response: Response, at: number): void {
  sampler?.offer(response, at);
  if (plan.entryTokensFile) entryTokens.push(entryTokenIn(response));
}

async function closedLoop(): Promise<void> {
  await Promise.all(
    connections.map(
      (connection) =>
        new Promise<void>((resolve) => {
          const sendNext = (): void => {
            const sentAt = performance.now();
            if (sentAt >= until || !connection.open) {
              resolve();
              return;
            }
            connection.request(requests.next(), (response) => {
              observations.add(response, sentAt, performance.now());
              sendNext();
            });
          };
          sendNext();
        }),
    ),
  );
}

/** Request n is due at n / rate, and its latency counts from then, so a server that stalls is charged for the requests that wait. */
function openLoop(rate: number): Promise<void> {
  const pool = new ConnectionPool(address, connections);
  const due = (n: number): number => from + (n * 1000) / rate;
  const recordedFrom = from + plan.seconds * 1000 * WARM_UP_SHARE;
  const all = Math.floor(plan.seconds * rate);
  let sent = 0;
  let finished = 0;
  return new Promise((resolve) => {
    const send = (now: number): void => {
      while (sent < all && due(sent) <= now) {
        const connection = pool.acquire();
        if (!connection) return;
        const dueAt = due(sent++);
        connection.request(requests.next(), (response) => {
          const at = performance.now();
          finished++;
          observations.add(response, dueAt, at, dueAt >= recordedFrom);
          if (response) {
            if (response.status === 202) onAccepted(response, at);
            pool.release(connection);
            send(at);
          }
        });
      }
    };
    const tick = (): void => {
      const now = performance.now();
      send(now);
      const waiting = Math.min(all, ((now - from) * rate) / 1000) - sent;
      const over = now > until && (finished === sent || now > until + RESPONSE_TIMEOUT_MS);
      if (over || waiting > rate * MAX_BEHIND_SECONDS) {
        observations.addFailed(Math.max(0, Math.floor(waiting)) + sent - finished);
        pool.close();
        resolve();
        return;
      }
      setTimeout(tick, 1);
    };
    tick();
  });
}
