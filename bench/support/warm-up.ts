import { type Load, measureEntries } from './measure.ts';
import type { System } from './system.ts';

/** Requests before a measurement, in rounds: V8 needs them to optimize hot code. */
const ENTRIES = 50_000;
const ROUND_SECONDS = 3;
const MAX_ROUNDS = 8;

/** @param seconds maximum duration: a slow system may not reach the number of requests */
export async function warmUp(
  system: System,
  { seconds = MAX_ROUNDS * ROUND_SECONDS, ...load }: Omit<Load, 'seconds'> & { readonly seconds?: number },
): Promise<void> {
  const from = performance.now();
  for (let entries = 0; entries < ENTRIES && performance.now() - from < seconds * 1000; )
    entries += (await measureEntries(system, { ...load, seconds: Math.min(seconds, ROUND_SECONDS) })).granted;
}
