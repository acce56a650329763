/** Measures one load on one system. */
import { cpus } from 'node:os';
import { run } from '../../tools/load/load.ts';
import type { LoadPlan, LoadResult } from '../../tools/load/plan.ts';
import { machineMicros, ownMicros, readClocks, spent } from './cpu-clock.ts';
import type { Offsets } from './queue-client.ts';
import type { System } from './system.ts';

export interface Sample {
  readonly load: LoadResult;
  /** CPU microseconds by process. */
  readonly cpuMicros: ReadonlyMap<string, number>;
  /** Expected responses. */
  readonly granted: number;
  /** Seconds from the first request until all entries were projected; without a projection, seconds of the load. */
  readonly projectedSeconds: number;
  /** CPU share of other processes during the load, 0 to 1; includes network work of the kernel. */
  readonly backgroundCpu: number;
  /** Milliseconds from the end of the load until all entries were projected. */
  readonly behindMs: number;
}

export type Load = Omit<LoadPlan, 'address' | 'workload'> & {
  /** Default 1. */
  readonly concerts?: number;
  /** Share of the entries for the first concert. Default 0. */
  readonly hotShare?: number;
  /** Default `concert-`. */
  readonly concertPrefix?: string;
};

/** Records of a partition are projected in order, so the last entries of some concerts are enough. */
const MAX_MARKERS = 100;

/** Entries of new users, to the concerts named by the prefix and 0, 1, ... @throws Error when the log does not hold every entry accepted */
export async function measureEntries(
  system: System,
  { concerts = 1, hotShare = 0, concertPrefix = 'concert-', ...load }: Load,
): Promise<Sample> {
  const concertIds = Array.from({ length: Math.min(concerts, MAX_MARKERS) }, (_, index) => `${concertPrefix}${index}`);
  const workload = { kind: 'entries', userPrefix: newUsers(), concertPrefix, concerts, hotShare } as const;
  const offsetsBefore = await system.client?.caughtUp(concertIds);
  const sample = await measure(system, { ...load, workload }, () => system.client?.caughtUp(concertIds));
  if (offsetsBefore && sample.reached) {
    // Without the entries that found the offsets. A few events of admission control are included.
    const inLog = sum(sample.reached) - sum(offsetsBefore) - concertIds.length;
    if (inLog < sample.granted)
      throw new Error(`${sample.granted} entries were accepted, but the log holds ${inLog} more than before.`);
  }
  return sample;
}

/** @param settled awaited after the load; all CPU times but that of the API are read after it */
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
  const backgroundCpu = (machineMicros() - machine - ours) / ((loadEnded - from) * 1000 * cpus().length);
  const reached = await settled();
  const caughtUp = performance.now();
  const after = reached === undefined ? atEnd : new Map([...readClocks(pids), ['api', atEnd.get('api') ?? 0]]);
  return {
    load,
    cpuMicros: spent(before, after),
    granted: load.responses - load.unexpected,
    projectedSeconds: reached === undefined ? load.seconds : (caughtUp - from) / 1000,
    backgroundCpu: Math.max(0, backgroundCpu),
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
