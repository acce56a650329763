import type { History } from './history.ts';
import { acceptedOnce } from './p1-accepted-once.ts';
import { orderOfReceipts } from './p2-order-of-receipts.ts';
import { oneLiveEntry } from './p3-one-entry.ts';
import { capacityKept } from './p4-capacity.ts';
import { positionsNeverGrow } from './p5-positions-never-grow.ts';
import { storedEqualsFolded } from './p6-replay-equals-live.ts';
import { recovers } from './p7-recovery.ts';
import { deadLettersKept } from './p8-dead-letters.ts';
import { type Check, recordedStateOf } from './recorded-state.ts';

const CHECKS = {
  P1: acceptedOnce,
  P2: orderOfReceipts,
  P3: oneLiveEntry,
  P4: capacityKept,
  P5: positionsNeverGrow,
  P6: storedEqualsFolded,
  P7: recovers,
  P8: deadLettersKept,
} as const satisfies Record<string, Check>;
export type PromiseName = keyof typeof CHECKS;

/** Checks a history against the promises (docs/guarantees.md). Returns the broken ones with up to five violations each. */
export function brokenPromises(history: History): ReadonlyMap<PromiseName, readonly string[]> {
  const recorded = recordedStateOf(history);
  const broken = new Map<PromiseName, readonly string[]>();
  for (const [name, check] of Object.entries(CHECKS)) {
    const violations = check(recorded);
    if (violations.length > 0) broken.set(name as PromiseName, violations.slice(0, 5));
  }
  return broken;
}
