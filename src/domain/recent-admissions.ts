import type { LogTime } from './types.ts';

const SLICE_MS = 10_000;
const WINDOW_MS = 300_000;

/** Admissions within ten seconds. `calledBefore` is the number of entries READY or ACTIVE before the first of them. */
export type AdmissionSlice = readonly [start: LogTime, admitted: number, calledBefore?: number];

/** Admissions of the last five minutes of log time, in slices of ten seconds. */
export class RecentAdmissions {
  #slices: AdmissionSlice[];

  constructor(slices: readonly AdmissionSlice[] = []) {
    this.#slices = [...slices];
  }

  add(admitted: number, now: LogTime, calledBefore: number): void {
    const start = now - (now % SLICE_MS);
    const last = this.#slices.at(-1);
    if (last?.[0] === start) this.#slices[this.#slices.length - 1] = [start, last[1] + admitted, last[2] ?? 0];
    else this.#slices.push([start, admitted, calledBefore]);
    this.#slices = recentSlices(this.#slices, now);
  }

  save(): AdmissionSlice[] {
    return [...this.#slices];
  }
}

/** Admissions per minute over the last five minutes, or since `since` if that is shorter; over at least ten seconds. */
export function admittedPerMinute(slices: readonly AdmissionSlice[], now: LogTime, since: LogTime): number {
  const window = Math.min(WINDOW_MS, Math.max(SLICE_MS, now - since));
  return (sum(recentSlices(slices, now)) * 60_000) / window;
}

/**
 * Slots freed per minute since the first admission of the last five minutes; 0 without an admission in that time.
 *
 * @param calledNow number of entries READY or ACTIVE at `now`
 */
export function releaseRatePerMinute(slices: readonly AdmissionSlice[], now: LogTime, calledNow: number): number {
  const recent = recentSlices(slices, now);
  const [start = now, , calledBefore = 0] = recent[0] ?? [];
  const freed = Math.max(0, calledBefore + sum(recent) - calledNow);
  return (freed * 60_000) / Math.max(SLICE_MS, now - start);
}

function recentSlices(slices: readonly AdmissionSlice[], now: LogTime): AdmissionSlice[] {
  return slices.filter(([start]) => start > now - WINDOW_MS);
}

function sum(slices: readonly AdmissionSlice[]): number {
  return slices.reduce((total, [, admitted]) => total + admitted, 0);
}
