/** One measured piece of load against one system. */
import { cpus } from 'node:os';
import { run } from '../../tools/load/load.ts';
import type { LoadPlan, LoadSeen } from '../../tools/load/plan.ts';
import { machineMicros, ownMicros, readClocks, spent } from './cpu-clock.ts';
import type { Offsets } from './queue-client.ts';
import type { System } from './system.ts';

export interface Sample {
  readonly load: LoadSeen;
  /** What the operating system charged, in microseconds, by process. */
  readonly cpuMicros: ReadonlyMap<string, number>;
  /** Answers that were as asked for. */
  readonly granted: number;
  /** From the first request until the view held everything, in seconds; where nothing is projected, of the load alone. */
  readonly projectedSeconds: number;
  /** Share of the machine that others used during the load, 0 to 1; the system's own work for the network is among it. */
  readonly others: number;
  /** How long after the end of the load the view held everything, in milliseconds. */
  readonly behindMs: number;
}

export type Load = Omit<LoadPlan, 'address' | 'ask'> & {
  /** Default 1. */
  readonly concerts?: number;
  /** This share of all is for the first of them. Default 0. */
  readonly hotShare?: number;
  /** Default `concert-`. */
  readonly concertPrefix?: string;
};

/** A partition's records are folded in order: the last entry of some concerts in each stands for all. */
const MOST_MARKERS = 100;

/** Entries of new users, to the concerts named by the prefix and 0, 1, ... @throws Error when the log does not hold every entry accepted */
export async function measureEntries(
  system: System,
  { concerts = 1, hotShare = 0, concertPrefix = 'concert-', ...load }: Load,
): Promise<Sample> {
  const concertIds = Array.from({ length: Math.min(concerts, MOST_MARKERS) }, (_, index) => `${concertPrefix}${index}`);
  const ask = { kind: 'entries', userPrefix: newUsers(), concertPrefix, concerts, hotShare } as const;
  const offsetsBefore = await system.client?.caughtUp(concertIds);
  const sample = await measure(system, { ...load, ask }, () => system.client?.caughtUp(concertIds));
  if (offsetsBefore && sample.reached) {
    // What found the offsets is not of the load. The queues' own events are counted with it: a few a second.
    const inLog = sum(sample.reached) - sum(offsetsBefore) - concertIds.length;
    if (inLog < sample.granted)
      throw new Error(`${sample.granted} entries were accepted, but the log holds ${inLog} more than before.`);
  }
  return sample;
}

/** @param settled awaited after the load; everybody's clock but the API's is read after that */
export async function measure<T = undefined>(
  { address, pids }: System,
  plan: Omit<LoadPlan, 'address'>,
  settled: () => Promise<T> | undefined = () => undefined,
): Promise<Sample & { readonly reached: T | undefined }> {
  const [machine, own, before, from] = [machineMicros(), ownMicros(), readClocks(pids), performance.now()];
  const load = await run({ ...plan, address });
  const loadEnded = performance.now();
  const atEnd = readClocks(pids);
  const ours = [...spent(before, atEnd).values()].reduce((total, one) => total + one, ownMicros() - own);
  const others = (machineMicros() - machine - ours) / ((loadEnded - from) * 1000 * cpus().length);
  const reached = await settled();
  const caughtUp = performance.now();
  const after = reached === undefined ? atEnd : new Map([...readClocks(pids), ['api', atEnd.get('api') ?? 0]]);
  return {
    load,
    cpuMicros: spent(before, after),
    granted: load.answers - load.refused,
    projectedSeconds: reached === undefined ? load.seconds : (caughtUp - from) / 1000,
    others: Math.max(0, others),
    behindMs: reached === undefined ? 0 : caughtUp - loadEnded,
    reached,
  };
}

let parts = 0;
function newUsers(): string {
  return `u${process.pid.toString(36)}-${parts++}-`;
}

function sum(offsets: Offsets): number {
  return [...offsets.values()].reduce((total, one) => total + one, 0);
}
