/** What a load generator counts. */
import { build, type Histogram } from 'hdr-histogram-js';
import type { Answer } from './connection.ts';
import type { Latency, LoadSeen } from './plan.ts';

export class Observations {
  readonly #latency = new Latencies();
  readonly #refusals = new Latencies();
  readonly #statuses = new Map<number, number>();
  #refused = 0;
  #retryAfter = 0;
  #broken = 0;
  readonly #expected: number;

  constructor(expected: number) {
    this.#expected = expected;
  }

  /** @param from when it was sent, or was due; @param counted false: its latency is not */
  answered(answer: Answer | undefined, from: number, at: number, counted = true): void {
    if (!answer) {
      this.#broken++;
      return;
    }
    const { status } = answer;
    this.#statuses.set(status, (this.#statuses.get(status) ?? 0) + 1);
    if (status !== this.#expected) this.#refused++;
    if (status === 503 && answer.bytes.includes('etry-after:', 0, 'latin1')) this.#retryAfter++;
    // Of a mixture only what was granted tells how long that takes.
    if (counted) (status === this.#expected ? this.#latency : this.#refusals).add(at - from);
  }

  unanswered(requests: number): void {
    this.#broken += requests;
  }

  summary(): Omit<LoadSeen, 'seconds' | 'visible'> {
    const { user, system } = process.cpuUsage();
    return {
      answers: [...this.#statuses.values()].reduce((sum, one) => sum + one, 0),
      refused: this.#refused,
      broken: this.#broken,
      retryAfter: this.#retryAfter,
      statuses: Object.fromEntries(this.#statuses),
      ownMicros: user + system,
      ...this.#latency.summary(),
      refusals: this.#refusals.summary(),
    };
  }
}

const MICROS_PER_MS = 1000;

/** Milliseconds, kept to three digits. */
export class Latencies {
  readonly #histogram: Histogram = build({
    lowestDiscernibleValue: 1,
    highestTrackableValue: 600e6,
    numberOfSignificantValueDigits: 3,
  });

  add(ms: number): void {
    this.#histogram.recordValue(Math.max(1, Math.round(ms * MICROS_PER_MS)));
  }

  get count(): number {
    return this.#histogram.totalCount;
  }

  summary(): Latency {
    const at = (percentile: number): number =>
      this.count === 0 ? 0 : this.#histogram.getValueAtPercentile(percentile) / MICROS_PER_MS;
    return { p50: at(50), p95: at(95), p99: at(99), p999: at(99.9), max: at(100) };
  }
}
