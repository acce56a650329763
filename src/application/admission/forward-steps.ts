import type { LogTime } from '../../domain/types.ts';

/** A difference from the monotonic clock that is smaller is the imprecision of the estimated log time. */
const STEP_MS = 1_000;
/** The longest window of a policy. */
const KEEP_MS = 7 * 86_400_000;

interface Step {
  readonly at: number;
  readonly ms: number;
}

/**
 * The forward steps of log time against a monotonic clock. Windows that began before a step have not run for its length, so
 * expiry stays behind by the steps of one window.
 */
export class ForwardSteps {
  #last: { readonly time: LogTime; readonly at: number } | undefined;
  #steps: Step[] = [];

  constructor(private readonly monotonic: () => number = () => performance.now()) {}

  /** Call often with the current log time. */
  note(now: LogTime): void {
    const at = this.monotonic();
    const ms = this.#last ? now - this.#last.time - (at - this.#last.at) : 0;
    if (ms > STEP_MS) this.#steps = [...this.#steps.filter((step) => at - step.at < KEEP_MS), { at, ms }];
    this.#last = { time: now, at };
  }

  /** By how much expiry stays behind log time, in milliseconds. @param windowMs the longest window of the policy */
  lagMs(windowMs: number): number {
    if (this.#steps.length === 0) return 0;
    const since = this.monotonic() - windowMs;
    return Math.ceil(this.#steps.reduce((sum, { at, ms }) => (at > since ? sum + ms : sum), 0));
  }
}
