import type { LogTime } from './vocabulary.ts';

const SLICE_MS = 10_000;
const WINDOW_MS = 300_000;

/** How many were called in the last five minutes of log time, in slices of ten seconds. */
export class RecentAdmissions {
  readonly #slices: [LogTime, number][];

  constructor(slices: readonly (readonly [LogTime, number])[] = []) {
    this.#slices = slices.map(([start, count]) => [start, count]);
  }

  add(count: number, now: LogTime): void {
    const start = now - (now % SLICE_MS);
    const last = this.#slices.at(-1);
    if (last && last[0] === start) last[1] += count;
    else this.#slices.push([start, count]);
    while ((this.#slices[0]?.[0] ?? now) <= now - WINDOW_MS) this.#slices.shift();
  }

  save(): [LogTime, number][] {
    return this.#slices.map(([start, count]) => [start, count]);
  }
}

/** Admissions a minute over the five minutes before `now`, or over the time since `since` where that is shorter (at least one slice). */
export function admittedPerMinute(
  slices: readonly (readonly [LogTime, number])[],
  now: LogTime,
  since: LogTime,
): number {
  const window = Math.min(WINDOW_MS, Math.max(SLICE_MS, now - since));
  let count = 0;
  for (const [start, admitted] of slices) if (start > now - WINDOW_MS) count += admitted;
  return (count * 60_000) / window;
}
