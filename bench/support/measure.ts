/** One measured piece of load, against the limit or against the application. */
import { readClocks, spent } from './cpu-clock.ts';
import { type Load, type LoadSeen, run } from './load.ts';
import type { QueueClient } from './queue-client.ts';

export interface Sample {
  readonly load: LoadSeen;
  /** What the operating system charged, in microseconds, by process. */
  readonly cpuMicros: ReadonlyMap<string, number>;
  /** Entries that the CPU time is divided by: answered by the limit, or found in the log. */
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

  // The markers that found the offsets are no entries of the load.
  const entries = sum(offsets) - sum(offsetsBefore) - concertIds.length;
  if (entries < seen.answers - seen.refused)
    throw new Error(`${seen.answers - seen.refused} entries were accepted, but the log holds ${entries}.`);
  return {
    load: seen,
    cpuMicros: spent(before, after),
    entries,
    projectedSeconds: (caughtUp - from) / 1000,
    behindMs: caughtUp - loadEnded,
  };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, one) => total + one, 0);
}
