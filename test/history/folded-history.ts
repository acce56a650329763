import { canonicalState } from '../../src/domain/canonical-state.ts';
import { ConcertQueue } from '../../src/domain/concert-queue.ts';
import type { Folded, Logged, Stored } from './history.ts';

/** The project's own fold of each stored concert, from 0 to where it is stored, looked at after each record. */
export function foldedHistory(
  log: readonly Logged[],
  stored: ReadonlyMap<string, Stored>,
): ReadonlyMap<string, Folded> {
  const all = new Map<string, Folded>();
  for (const [concertId, { offset: last }] of stored) {
    let queue: ConcertQueue | undefined;
    const steps: { offset: number; called: number; capacity: number }[] = [];
    for (const { event, offset, timestamp } of log) {
      if (event.concertId !== concertId || offset > last) continue;
      if (queue) queue.apply(event, { offset, timestamp });
      else if (event.type === 'QueueConfigured') queue = ConcertQueue.begin(event, { offset, timestamp });
      if (!queue) continue;
      const { ready, active } = queue.attributes().counts;
      steps.push({ offset, called: ready + active, capacity: queue.policy.capacity });
    }
    all.set(concertId, { canonical: queue ? canonicalState(queue.save()) : '', steps });
  }
  return all;
}
