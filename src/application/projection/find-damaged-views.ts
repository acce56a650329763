import type { ConcertId } from '../../domain/types.ts';
import type { QueueViewWriter, ViewHead } from '../ports/queue-view.port.ts';
import type { ConcertProjection } from './concert-projection.ts';

/** Concerts whose stored head is not where their memory left it: what the view has lost where nothing happens. */
export async function findDamagedViews(
  view: QueueViewWriter,
  concerts: ReadonlyMap<ConcertId, ConcertProjection>,
): Promise<readonly ConcertProjection[]> {
  const expected = new Map<ConcertId, ViewHead>();
  for (const [concertId, concert] of concerts) {
    const head = restingHead(concert);
    if (head) expected.set(concertId, head);
  }
  const damaged = await view.damaged(expected);
  return damaged.flatMap((concertId) => {
    const concert = concerts.get(concertId);
    const [now, then] = [concert && restingHead(concert), expected.get(concertId)];
    // What moved on meanwhile was compared with what it was before.
    const isSame = now && now.offset === then?.offset && now.generation === then.generation;
    return concert && isSame ? [concert] : [];
  });
}

/** What the view should hold; undefined while it is being written. */
function restingHead(concert: ConcertProjection): ViewHead | undefined {
  return concert.settled && !concert.renewing ? concert.head : undefined;
}
