/** Load of three times the accept limit: accepted and rejected requests. */

import type { BenchEnvironment } from '../support/bench-environment.ts';
import type { Budget } from '../support/budget.ts';
import { measureEntries } from '../support/measure.ts';
import type { StepRunner } from '../support/step-runner.ts';
import { startConcertQueue } from '../support/systems-under-test.ts';

/** Low enough that the load generator and the rejections fit on two cores. */
const LIMIT = 1000;
const OFFERED = 3 * LIMIT;

export interface OverloadResult {
  readonly limit: number;
  readonly offered: number;
  readonly acceptedPerSecond: number;
  readonly refused: number;
  /** 503 responses with `Retry-After`. */
  readonly withRetryAfter: number;
  readonly broken: number;
  /** Milliseconds, of accepted requests. */
  readonly p50: number;
  readonly p99: number;
  readonly apiMicrosPerAnswer: number;
}

export async function overload(
  bench: BenchEnvironment,
  budget: Budget,
  steps: StepRunner<OverloadResult>,
): Promise<void> {
  const system = await startConcertQueue(bench, 1, { ACCEPT_LIMIT_PER_SECOND: String(LIMIT) });
  const seconds = budget.seconds(30, 6);
  const load = { connections: 256, rate: OFFERED };
  await measureEntries(system, { ...load, seconds: 3 });
  const { load: seen, granted, cpuMicros } = await measureEntries(system, { ...load, seconds });
  steps.record({
    limit: LIMIT,
    offered: OFFERED,
    acceptedPerSecond: granted / seen.seconds,
    refused: seen.unexpected,
    withRetryAfter: seen.retryAfter,
    broken: seen.failed,
    p50: seen.p50,
    p99: seen.p99,
    apiMicrosPerAnswer: (cpuMicros.get('api') ?? 0) / seen.responses,
  });
  await bench.stop(system.api, system.projector);
}
