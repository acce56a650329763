/** Three times what is let in: who is let in, and what the others are told. */

import type { Ground } from '../support/bench-environment.ts';
import type { Budget } from '../support/budget.ts';
import { measureEntries } from '../support/measure.ts';
import type { Pieces } from '../support/step-runner.ts';
import { startConcertQueue } from '../support/systems-under-test.ts';

/** So that generator and refusals fit beside it on two cores. */
const LIMIT = 1000;
const OFFERED = 3 * LIMIT;

export interface OverloadResult {
  readonly limit: number;
  readonly offered: number;
  readonly acceptedPerSecond: number;
  readonly refused: number;
  /** Answers 503 with `Retry-After`. */
  readonly toldWhen: number;
  readonly broken: number;
  /** Of the accepted. */
  readonly p50: number;
  readonly p99: number;
  readonly apiMicrosPerAnswer: number;
}

export async function overload(ground: Ground, budget: Budget, pieces: Pieces<OverloadResult>): Promise<void> {
  const system = await startConcertQueue(ground, 1, { ACCEPT_LIMIT_PER_SECOND: String(LIMIT) });
  const seconds = budget.seconds(30, 6);
  const load = { connections: 256, rate: OFFERED };
  await measureEntries(system, { ...load, seconds: 3 });
  const { load: seen, granted, cpuMicros } = await measureEntries(system, { ...load, seconds });
  pieces.tell({
    limit: LIMIT,
    offered: OFFERED,
    acceptedPerSecond: granted / seen.seconds,
    refused: seen.refused,
    toldWhen: seen.retryAfter,
    broken: seen.broken,
    p50: seen.p50,
    p99: seen.p99,
    apiMicrosPerAnswer: (cpuMicros.get('api') ?? 0) / seen.answers,
  });
  await ground.stop(system.api, system.projector);
}
