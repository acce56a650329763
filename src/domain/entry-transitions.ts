/** State transitions of an entry. Fields are listed: a spread would copy fields of the old state, and takes twice as long. */
import type {
  Active,
  EndedEntry,
  LiveEntry,
  LogTime,
  Offset,
  Ready,
  Registered,
  TerminalState,
  Waiting,
} from './types.ts';

export function drawn({ userId, entryId, offset }: Registered, place: Offset): Waiting {
  return { state: 'WAITING', userId, entryId, offset, place };
}

export function called({ userId, entryId, offset, place }: Waiting, claimBy: LogTime): Ready {
  return { state: 'READY', userId, entryId, offset, place, claimBy };
}

export function claimed({ userId, entryId, offset, place }: Ready, activeUntil: LogTime): Active {
  return { state: 'ACTIVE', userId, entryId, offset, place, activeUntil };
}

export function ended(
  { userId, entryId, offset, place }: LiveEntry,
  state: TerminalState,
  endedAt: LogTime,
): EndedEntry {
  return { state, userId, entryId, offset, place, endedAt };
}
