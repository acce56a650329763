import type { ConcertId } from '../../domain/types.ts';
import type { QueueViewWriter, ViewHead } from '../ports/queue-view.port.ts';
import type { ConcertProjection } from './concert-projection.ts';

/** Concerts whose stored head differs from memory. Finds lost view data of concerts that receive no events. */
export async function findDamagedViews(
  view: QueueViewWriter,
  concerts: ReadonlyMap<ConcertId, ConcertProjection>,
): Promise<readonly ConcertProjection[]> {
  const expected = new Map<ConcertId, ViewHead>();
  for (const [concertId, concert] of concerts) {
    const head = stableHead(concert);
    if (head) expected.set(concertId, head);
  }
  const damaged = await view.damaged(expected);
  return damaged.flatMap((concertId) => {
    const concert = concerts.get(concertId);
    const [current, checked] = [concert && stableHead(concert), expected.get(concertId)];
    // A concert that changed during the check was compared with an outdated head.
    const isSame = current && current.offset === checked?.offset && current.generation === checked.generation;
    return concert && isSame ? [concert] : [];
  });
}

/** The head that the view should have; undefined while the view is being written. */
function stableHead(concert: ConcertProjection): ViewHead | undefined {
  return concert.inSync && !concert.rebuildingInPlace ? concert.head : undefined;
}
