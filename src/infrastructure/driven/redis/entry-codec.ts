import type { Entry, UserId } from '../../../domain/types.ts';

/**
 * One life as a short string: a million of them lie in memory. A letter for the state, then offset, `-` and place if the draw
 * or a redrive moved it, `@` and time if the state has one (numbers to base 36), a blank, and the entryId as it is.
 * A form of its own per fold version: whoever changes it raises FOLD_VERSION.
 */
const STATE_CODES = {
  REGISTERED: 'G',
  WAITING: 'W',
  READY: 'R',
  ACTIVE: 'A',
  COMPLETED: 'C',
  EXPIRED: 'X',
  LEFT: 'L',
  DISQUALIFIED: 'D',
  REJECTED: { QUEUE_NOT_OPEN: 'n', QUEUE_CLOSED: 'c', QUEUE_FULL: 'f', DISQUALIFIED: 'd' },
} as const;
const ENCODED_ENTRY = /^([A-Za-z])([0-9a-z]+)(?:-([0-9a-z]+))?(?:@([0-9a-z]+))? (.*)$/s;

export function encodeEntry(entry: Entry): string {
  const letter = entry.state === 'REJECTED' ? STATE_CODES.REJECTED[entry.reason] : STATE_CODES[entry.state];
  const place = entry.place === entry.offset ? '' : `-${entry.place.toString(36)}`;
  const time = timeOf(entry);
  return `${letter}${entry.offset.toString(36)}${place}${time === undefined ? '' : `@${time.toString(36)}`} ${entry.entryId}`;
}

/** The life that `encodeLife` made of it; undefined for what it never makes. */
export function decodeEntry(userId: UserId, encoded: string): Entry | undefined {
  const [, letter, from, moved, at, entryId] = ENCODED_ENTRY.exec(encoded) ?? [];
  if (from === undefined || entryId === undefined) return undefined;
  const offset = Number.parseInt(from, 36);
  const lifeline = { userId, entryId, offset, place: moved === undefined ? offset : Number.parseInt(moved, 36) };
  if (letter === STATE_CODES.REGISTERED) return { ...lifeline, state: 'REGISTERED' };
  if (letter === STATE_CODES.WAITING) return { ...lifeline, state: 'WAITING' };
  if (at === undefined) return undefined;
  const time = Number.parseInt(at, 36);
  switch (letter) {
    case STATE_CODES.READY:
      return { ...lifeline, state: 'READY', claimBy: time };
    case STATE_CODES.ACTIVE:
      return { ...lifeline, state: 'ACTIVE', activeUntil: time };
    case STATE_CODES.COMPLETED:
      return { ...lifeline, state: 'COMPLETED', endedAt: time };
    case STATE_CODES.EXPIRED:
      return { ...lifeline, state: 'EXPIRED', endedAt: time };
    case STATE_CODES.LEFT:
      return { ...lifeline, state: 'LEFT', endedAt: time };
    case STATE_CODES.DISQUALIFIED:
      return { ...lifeline, state: 'DISQUALIFIED', endedAt: time };
    case STATE_CODES.REJECTED.QUEUE_NOT_OPEN:
      return { ...lifeline, state: 'REJECTED', reason: 'QUEUE_NOT_OPEN', endedAt: time };
    case STATE_CODES.REJECTED.QUEUE_CLOSED:
      return { ...lifeline, state: 'REJECTED', reason: 'QUEUE_CLOSED', endedAt: time };
    case STATE_CODES.REJECTED.QUEUE_FULL:
      return { ...lifeline, state: 'REJECTED', reason: 'QUEUE_FULL', endedAt: time };
    case STATE_CODES.REJECTED.DISQUALIFIED:
      return { ...lifeline, state: 'REJECTED', reason: 'DISQUALIFIED', endedAt: time };
    default:
      return undefined;
  }
}

function timeOf(entry: Entry): number | undefined {
  switch (entry.state) {
    case 'REGISTERED':
    case 'WAITING':
      return undefined;
    case 'READY':
      return entry.claimBy;
    case 'ACTIVE':
      return entry.activeUntil;
    case 'COMPLETED':
    case 'EXPIRED':
    case 'LEFT':
    case 'DISQUALIFIED':
    case 'REJECTED':
      return entry.endedAt;
  }
}
