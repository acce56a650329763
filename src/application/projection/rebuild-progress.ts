import type { RebuildProgress } from '../ports/rebuild-requests.port.ts';

/** The owner of a partition reports twice a second; after this time without a report the rebuild counts as abandoned. */
export const OWNER_TIMEOUT_MS = 10_000;

export const INITIAL_PROGRESS: RebuildProgress = {
  state: 'requested',
  events: 0,
  targetEvents: 0,
  eventsPerSecond: 0,
  concerts: 0,
  targetConcerts: 0,
  repaired: [],
};

/** Whether no further report can follow. */
export function isOver({ state }: RebuildProgress): boolean {
  return state === 'done' || state === 'failed';
}
