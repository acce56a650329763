/**
 * How one life follows from another. Written out field by field, so that nothing of the state before is carried along; a spread
 * would also take twice the time.
 */
import type { Active, Ended, Ending, Live, LogTime, Ready, Waiting } from './types.ts';

export function called({ userId, entryId, offset, place }: Waiting, claimBy: LogTime): Ready {
  return { state: 'READY', userId, entryId, offset, place, claimBy };
}

export function claimed({ userId, entryId, offset, place }: Ready, activeUntil: LogTime): Active {
  return { state: 'ACTIVE', userId, entryId, offset, place, activeUntil };
}

export function ended({ userId, entryId, offset, place }: Live, state: Ending, endedAt: LogTime): Ended {
  return { state, userId, entryId, offset, place, endedAt };
}
