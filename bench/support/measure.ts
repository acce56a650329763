/** One measured piece of load, against the limit or against the application. */
import { cpus } from 'node:os';
import { machineMicros, ownMicros, readClocks, spent } from './cpu-clock.ts';
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
  /** Share of the machine that others used during the load, 0 to 1; the system's own work for the network is among it. */
  readonly others: number;
  /** How long after the end of the load the view held everything, in milliseconds. */
  readonly behindMs: number;
}

/** @param pids as for the application, with the limit in the place of the API */
export async function measureRouteAtOnce(load: Load, pids: ReadonlyMap<string, number>): Promise<Sample> {
  const before = readClocks(pids);
  const { seen, others } = await watched(load, pids);
  const cpuMicros = spent(before, readClocks(pids));
  return {
    load: seen,
    cpuMicros,
    others,
    entries: seen.answers - seen.refused,
    projectedSeconds: seen.seconds,
    behindMs: 0,
  };
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
  const { seen, others } = await watched(load, pids);
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
    others,
    entries: accepted,
    projectedSeconds: (caughtUp - from) / 1000,
    behindMs: caughtUp - loadEnded,
  };
}

/** Runs the load and looks at who else used the machine meanwhile. */
async function watched(load: Load, pids: ReadonlyMap<string, number>) {
  const machine = machineMicros();
  const own = ownMicros();
  const clocks = readClocks(pids);
  const from = performance.now();
  const seen = await run(load);
  const available = (performance.now() - from) * 1000 * cpus().length;
  const ours = [...spent(clocks, readClocks(pids)).values()].reduce((total, one) => total + one, ownMicros() - own);
  return { seen, others: Math.max(0, machineMicros() - machine - ours) / available };
}

function sum(offsets: Offsets): number {
  return [...offsets.values()].reduce((total, one) => total + one, 0);
}
