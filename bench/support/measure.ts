/** One measured piece of load, against the limit or against the application. */
import { readClocks, spent } from './cpu-clock.ts';
import { type Load, type LoadSeen, run } from './load.ts';
import type { Offsets, QueueClient } from './queue-client.ts';

export interface Sample {
  readonly load: LoadSeen;
  /** What the operating system charged, in microseconds, by process. */
  readonly cpuMicros: ReadonlyMap<string, number>;
  /** Answers of 202. */
  readonly entries: number;
  /** From the first request until the view held everything, in seconds. */
  readonly projectedSeconds: number;
  /** How long after the end of the load the view held everything, in milliseconds. */
  readonly behindMs: number;
}

export async function measureRouteAtOnce(load: Load, pid: number): Promise<Sample> {
  const pids = new Map([['api', pid]]);
  const before = readClocks(pids);
  const seen = await run(load);
  const cpuMicros = spent(before, readClocks(pids));
  return { load: seen, cpuMicros, entries: seen.answers - seen.refused, projectedSeconds: seen.seconds, behindMs: 0 };
}

/**
 * @param pids of the API and of everything behind it; all but the API's are read when the view has caught up
 * @throws Error when the log does not hold every entry that was accepted
 */
export async function measureApplication(
  load: Load,
  pids: ReadonlyMap<string, number>,
  client: QueueClient,
): Promise<Sample> {
  const concertIds = Array.from({ length: load.concerts }, (_, index) => `${load.concertPrefix}${index}`);
  const offsetsBefore = await client.caughtUp(concertIds);
  const before = readClocks(pids);
  const from = performance.now();
  const seen = await run(load);
  const loadEnded = performance.now();
  const atEnd = readClocks(pids);
  const offsets = await client.caughtUp(concertIds);
  const caughtUp = performance.now();
  const after = new Map([...readClocks(pids), ['api', atEnd.get('api') ?? 0]]);

  const accepted = seen.answers - seen.refused;
  // What found the offsets is not of the load. The queues' own events are counted with it: a few a second.
  const inLog = sum(offsets) - sum(offsetsBefore) - concertIds.length;
  if (inLog < accepted)
    throw new Error(`${accepted} entries were accepted, but the log holds ${inLog} more than before.`);
  return {
    load: seen,
    cpuMicros: spent(before, after),
    entries: accepted,
    projectedSeconds: (caughtUp - from) / 1000,
    behindMs: caughtUp - loadEnded,
  };
}

function sum(offsets: Offsets): number {
  return [...offsets.values()].reduce((total, one) => total + one, 0);
}
