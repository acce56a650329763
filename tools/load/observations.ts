/** Counts and latencies of a load generator. */
import { build, type Histogram } from 'hdr-histogram-js';
import type { Response } from './connection.ts';
import type { Latency, LoadResult } from './plan.ts';

export class Observations {
  readonly #latency = new Latencies();
  readonly #unexpectedLatency = new Latencies();
  readonly #statuses = new Map<number, number>();
  #unexpected = 0;
  #retryAfter = 0;
  #failed = 0;
  readonly #expected: number;

  constructor(expected: number) {
    this.#expected = expected;
  }

  /**
   * @param response undefined: the connection failed
   * @param from when the request was sent, or was due
   * @param isRecorded whether its latency is recorded
   */
  add(response: Response | undefined, from: number, at: number, isRecorded = true): void {
    if (!response) {
      this.#failed++;
      return;
    }
    const { status } = response;
    this.#statuses.set(status, (this.#statuses.get(status) ?? 0) + 1);
    if (status !== this.#expected) this.#unexpected++;
    if (status === 503 && response.bytes.includes('etry-after:', 0, 'latin1')) this.#retryAfter++;
    // Errors are often faster: their latencies must not lower those of the expected responses.
    if (isRecorded) (status === this.#expected ? this.#latency : this.#unexpectedLatency).add(at - from);
  }

  addFailed(requests: number): void {
    this.#failed += requests;
  }

  summary(): Omit<LoadResult, 'seconds' | 'visible'> {
    const { user, system } = process.cpuUsage();
    return {
      responses: [...this.#statuses.values()].reduce((sum, one) => sum + one, 0),
      unexpected: this.#unexpected,
      failed: this.#failed,
      retryAfter: this.#retryAfter,
      statuses: Object.fromEntries(this.#statuses),
      generatorMicros: user + system,
      ...this.#latency.summary(),
      unexpectedLatency: this.#unexpectedLatency.summary(),
    };
  }
}

const MICROS_PER_MS = 1000;

/** Latencies in milliseconds, with three significant digits. */
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
