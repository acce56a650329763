import type { History } from './history.ts';
import { acceptedOnce } from './p1-accepted-once.ts';
import { orderOfReceipts } from './p2-order-of-receipts.ts';
import { oneLife } from './p3-one-entry.ts';
import { capacityKept } from './p4-capacity.ts';
import { positionsFall } from './p5-positions-never-grow.ts';
import { storedIsFolded } from './p6-replay-equals-live.ts';
import { heals } from './p7-recovery.ts';
import { deadLettersKept } from './p8-dead-letters.ts';
import { type Check, evidenceOf } from './recorded-state.ts';

const CHECKS = {
  P1: acceptedOnce,
  P2: orderOfReceipts,
  P3: oneLife,
  P4: capacityKept,
  P5: positionsFall,
  P6: storedIsFolded,
  P7: heals,
  P8: deadLettersKept,
} as const satisfies Record<string, Check>;
export type PromiseName = keyof typeof CHECKS;

/** Judges a history by the promises of the contract; gives those that were broken, with a few examples each. */
export function brokenPromises(history: History): ReadonlyMap<PromiseName, readonly string[]> {
  const evidence = evidenceOf(history);
  const broken = new Map<PromiseName, readonly string[]>();
  for (const [name, check] of Object.entries(CHECKS)) {
    const violations = check(evidence);
    if (violations.length > 0) broken.set(name as PromiseName, violations.slice(0, 5));
  }
  return broken;
}
