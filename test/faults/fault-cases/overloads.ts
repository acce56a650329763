/** Far more requests than the limit, sent at a fixed rate. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setInterval as every } from 'node:timers/promises';
import { run } from '../../../tools/load/load.ts';
import type { LoadResult } from '../../../tools/load/plan.ts';
import { residentBytes } from '../../../tools/load/resident-bytes.ts';
import { granted } from '../../support/api.ts';
import { expectStoredEqualsFold } from '../../support/stored-state.ts';
import type { FaultCase } from '../fault-case.ts';
import type { FaultEnvironment } from '../fault-environment.ts';

/** Low enough that the load generator and the rejections fit on two cores. */
const LIMIT = 1_000;
const OFFERED = 3 * LIMIT;
const SECONDS = Number(process.env['OVERLOAD_SECONDS'] ?? 60);
const CONCERTS = 2;
/** Enough for all requests in flight. */
const CONNECTIONS = 1_024;
const MAX_REJECTION_MEDIAN_MS = 100;
const MAX_RECOVERY_MS = 5_000;
/** Maximum growth of the API from the first half of the load to the second. A backlog of rejections would be larger. */
const MAX_GROWTH_BYTES = 64e6;
const MB = 1e6;
const loads = new WeakMap<FaultEnvironment, Promise<Overload>>();

interface Overload {
  readonly seen: LoadResult;
  /** Maximum resident bytes of the API in each half of the load. */
  readonly bytes: readonly [number, number];
}

export const OVERLOAD_CASES: readonly FaultCase[] = [
  {
    fault: `overload: ${OFFERED / LIMIT} times ACCEPT_LIMIT_PER_SECOND=${LIMIT} for ${SECONDS} s`,
    phase: 'under way',
    setup: { api: { ACCEPT_LIMIT_PER_SECOND: `${LIMIT}` } },
    lastsMs: 0,
    cause: async (environment) => {
      for (let concert = 0; concert < CONCERTS; concert++)
        granted(await environment.driver.api.configure(`crush-${concert}`));
      environment.markInjected();
      const load = runOverload(environment);
      loads.set(environment, load);
      await load;
    },
    heal: async (environment) => {
      const from = performance.now();
      for (let second = 0; ; second++) {
        const { unexpected, failed } = await send(environment, {
          name: `after-${second}`,
          rate: LIMIT / 2,
          seconds: 1,
        });
        const tookMs = Math.round(performance.now() - from);
        if (tookMs > MAX_RECOVERY_MS)
          throw new Error(`after ${tookMs} ms still ${unexpected} rejected, ${failed} without a response`);
        if (unexpected + failed > 0) continue;
        environment.notes.push(`half the limit was accepted completely for one second, ${tookMs} ms after the load`);
        return;
      }
    },
    verify: async (environment) => {
      const load = await loads.get(environment);
      if (!load) throw new Error('the load did not run');
      expectRejectionsInTime(load, environment);
      const kept = await expectAcceptedOnce(environment);
      environment.notes.push(`${kept} accepted entries are in the log at their receipts, once each`);
    },
  },
];

async function runOverload(environment: FaultEnvironment): Promise<Overload> {
  const samples: number[] = [];
  const stop = new AbortController();
  const sampling = (async () => {
    for await (const _ of every(250, undefined, { signal: stop.signal })) {
      if (environment.api.pid !== undefined) samples.push(residentBytes(environment.api.pid));
    }
  })().catch((error: unknown) => {
    if (!stop.signal.aborted) throw error;
  });
  const seen = await send(environment, { name: 'crush', rate: OFFERED, seconds: SECONDS }).finally(() => stop.abort());
  await sampling;
  const half = Math.floor(samples.length / 2);
  return { seen, bytes: [Math.max(...samples.slice(0, half)), Math.max(...samples.slice(half))] };
}

function send(
  environment: FaultEnvironment,
  { name, rate, seconds }: { readonly name: string; readonly rate: number; readonly seconds: number },
): Promise<LoadResult> {
  return run({
    address: environment.api.url,
    connections: CONNECTIONS,
    seconds,
    rate,
    workload: { kind: 'entries', userPrefix: name, concertPrefix: 'crush-', concerts: CONCERTS },
    entryTokensFile: entryTokensFile(environment, name),
  });
}

function entryTokensFile({ installation }: FaultEnvironment, name: string): string {
  return join(installation.directory, `${name}.accepted`);
}

/** The excess is rejected quickly with Retry-After, the limit is used, and rejections take no memory. */
function expectRejectionsInTime({ seen, bytes }: Overload, { notes }: FaultEnvironment): void {
  const { statuses, unexpected, retryAfter, failed, unexpectedLatency, seconds, p50, p99 } = seen;
  const acceptedPerSecond = Math.round((statuses[202] ?? 0) / seconds);
  const [before, after] = bytes.map((one) => Math.round(one / MB));
  notes.push(
    `${acceptedPerSecond} a second accepted (median ${Math.round(p50)} ms, p99 ${Math.round(p99)} ms)`,
    `${unexpected} rejected (median ${unexpectedLatency?.p50.toFixed(1)} ms, p99 ${unexpectedLatency?.p99.toFixed(0)} ms)`,
    `API resident: ${before} MB in the first half, ${after} MB in the second`,
  );
  const wrong = [
    ...(unexpectedLatency && unexpectedLatency.p50 <= MAX_REJECTION_MEDIAN_MS
      ? []
      : [`the median rejection took over ${MAX_REJECTION_MEDIAN_MS} ms`]),
    ...(failed > 0 ? [`${failed} got no response`] : []),
    ...(unexpected === retryAfter && unexpected > 0
      ? []
      : [`${retryAfter} of ${unexpected} rejections had Retry-After`]),
    ...(Math.abs(acceptedPerSecond - LIMIT) <= LIMIT / 5 ? [] : [`${acceptedPerSecond} a second were accepted`]),
    ...(bytes[1] - bytes[0] <= MAX_GROWTH_BYTES ? [] : ['the memory of the API grows']),
  ];
  if (wrong.length > 0) throw new Error(wrong.join('; '));
}

/** Checks P1 and P6 for the accepted requests of the load. @returns their number */
async function expectAcceptedOnce(environment: FaultEnvironment): Promise<number> {
  const events = await expectStoredEqualsFold(environment.installation, 60_000);
  const at = new Map(events.map((one) => [`${one.record.partition}/${one.record.offset}`, one.event]));
  const tokens = (await readFile(entryTokensFile(environment, 'crush'), 'utf8')).split('\n');
  const receipts = new Set<string>();
  for (const token of tokens) {
    const { sub, cid, prt, off } = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
    const event = at.get(`${prt}/${off}`);
    const isThere = event?.type === 'QueueEntryRequested' && event.userId === sub && event.concertId === cid;
    if (!isThere) throw new Error(`P1: ${sub} of ${cid} has the receipt ${prt}/${off}: ${JSON.stringify(event)}`);
    receipts.add(`${prt}/${off}`);
  }
  if (receipts.size !== tokens.length) throw new Error('P1: two requests have the same receipt');
  return receipts.size;
}
