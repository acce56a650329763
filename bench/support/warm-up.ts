import { type Load, measureEntries } from './measure.ts';
import type { System } from './system.ts';

/** Each process answers so many requests first, in pieces of so long: the compiler of V8 needs them to see what is hot. */
const ENTRIES = 50_000;
const PIECE_SECONDS = 3;
const MOST_PIECES = 8;

/** @param seconds at most so long (a slow system never answers as many) */
export async function warmUp(
  system: System,
  { seconds = MOST_PIECES * PIECE_SECONDS, ...load }: Omit<Load, 'seconds'> & { readonly seconds?: number },
): Promise<void> {
  const from = performance.now();
  for (let entries = 0; entries < ENTRIES && performance.now() - from < seconds * 1000; )
    entries += (await measureEntries(system, { ...load, seconds: Math.min(seconds, PIECE_SECONDS) })).granted;
}
