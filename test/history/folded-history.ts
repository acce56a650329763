import { canonicalState } from '../../src/domain/canonical-state.ts';
import { ConcertQueue } from '../../src/domain/concert-queue.ts';
import type { Folded, LoggedRecord, Stored } from './history.ts';

/** The fold of the product for each stored concert, from offset 0 to the stored offset, with the counts after each record. */
export function foldedHistory(
  log: readonly LoggedRecord[],
  stored: ReadonlyMap<string, Stored>,
): ReadonlyMap<string, Folded> {
  const all = new Map<string, Folded>();
  for (const [concertId, { offset: last }] of stored) {
    let queue: ConcertQueue | undefined;
    const steps: { offset: number; admitted: number; capacity: number }[] = [];
    for (const { event, offset, timestamp } of log) {
      if (event.concertId !== concertId || offset > last) continue;
      if (queue) queue.apply(event, { offset, timestamp });
      else if (event.type === 'QueueConfigured') queue = ConcertQueue.begin(event, { offset, timestamp });
      if (!queue) continue;
      const { ready, active } = queue.attributes().counts;
      steps.push({ offset, admitted: ready + active, capacity: queue.policy.capacity });
    }
    all.set(concertId, { canonical: queue ? canonicalState(queue.save()) : '', steps });
  }
  return all;
}
