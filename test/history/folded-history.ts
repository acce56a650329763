import { canonicalState } from '../../src/domain/canonical-state.ts';
import type { ConcertQueue } from '../../src/domain/concert-queue.ts';
import { foldEvent } from '../../src/domain/fold-event.ts';
import type { Folded, LoggedRecord, Stored } from './history.ts';

/** The fold of the product for each stored concert, from offset 0 to the stored offset, with the counts after each record. */
export function foldedHistory(
  log: readonly LoggedRecord[],
  stored: ReadonlyMap<string, Stored>,
): ReadonlyMap<string, Folded> {
  const all = new Map<string, Folded>();
  for (const [concertId, { offset: last }] of stored) {
    const queues = new Map<string, ConcertQueue>();
    const steps: { offset: number; admitted: number; capacity: number }[] = [];
    for (const { event, ...at } of log) {
      const { offset } = at;
      if (event.concertId !== concertId || offset > last) continue;
      foldEvent(queues, event, at);
      const queue = queues.get(concertId);
      if (!queue) continue;
      const { ready, active } = queue.attributes().counts;
      steps.push({ offset, admitted: ready + active, capacity: queue.policy.capacity });
    }
    const queue = queues.get(concertId);
    all.set(concertId, { canonical: queue ? canonicalState(queue.save()) : '', steps });
  }
  return all;
}
