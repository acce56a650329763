import type { LogTime } from '../../../domain/types.ts';

/** The clocks of the host, in milliseconds. */
export interface HostClocks {
  readonly wall: () => number;
  readonly monotonic: () => number;
}

/**
 * A record that is further ahead of the host's clock at the start does not set the time of the log: it was written with a wrong
 * clock, and its own time is corrected when it is read.
 */
export const MAX_BRIDGED_MS = 86_400_000;

const HOST: HostClocks = { wall: Date.now, monotonic: () => performance.now() };

/**
 * The time of the local log. It starts at the host's clock or at the newest record, whichever is later, and then follows a
 * monotonic clock: it neither stands still nor jumps when the host's clock is set.
 */
export class LogTimer {
  readonly #startedAt: LogTime;
  readonly #monotonicStart: number;
  /** By how much the newest record was ahead of the host's clock at the start, in ms; 0: not at all. */
  readonly aheadMs: number;

  constructor(
    newest: LogTime,
    private readonly clocks: HostClocks = HOST,
  ) {
    const wall = clocks.wall();
    this.#startedAt = Math.max(wall, newest);
    this.#monotonicStart = clocks.monotonic();
    this.aheadMs = this.#startedAt - wall;
  }

  now(): LogTime {
    return Math.floor(this.#startedAt + this.clocks.monotonic() - this.#monotonicStart);
  }
}
