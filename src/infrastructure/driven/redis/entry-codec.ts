import type { Entry, UserId } from '../../../domain/types.ts';

/**
 * An entry as a short string, because Redis may hold a million of them: a letter for the state, the offset, `-` and the place if
 * it differs from the offset, `@` and the time if the state has one, a blank, and the entryId. Numbers are in base 36.
 * Increase FOLD_VERSION with every change of this format.
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

/** Inverse of `encodeEntry`; undefined for any other text. */
export function decodeEntry(userId: UserId, encoded: string): Entry | undefined {
  const [, letter, from, moved, at, entryId] = ENCODED_ENTRY.exec(encoded) ?? [];
  if (from === undefined || entryId === undefined) return undefined;
  const offset = Number.parseInt(from, 36);
  const identity = { userId, entryId, offset, place: moved === undefined ? offset : Number.parseInt(moved, 36) };
  if (letter === STATE_CODES.REGISTERED) return { ...identity, state: 'REGISTERED' };
  if (letter === STATE_CODES.WAITING) return { ...identity, state: 'WAITING' };
  if (at === undefined) return undefined;
  const time = Number.parseInt(at, 36);
  switch (letter) {
    case STATE_CODES.READY:
      return { ...identity, state: 'READY', claimBy: time };
    case STATE_CODES.ACTIVE:
      return { ...identity, state: 'ACTIVE', activeUntil: time };
    case STATE_CODES.COMPLETED:
      return { ...identity, state: 'COMPLETED', endedAt: time };
    case STATE_CODES.EXPIRED:
      return { ...identity, state: 'EXPIRED', endedAt: time };
    case STATE_CODES.LEFT:
      return { ...identity, state: 'LEFT', endedAt: time };
    case STATE_CODES.DISQUALIFIED:
      return { ...identity, state: 'DISQUALIFIED', endedAt: time };
    case STATE_CODES.REJECTED.QUEUE_NOT_OPEN:
      return { ...identity, state: 'REJECTED', reason: 'QUEUE_NOT_OPEN', endedAt: time };
    case STATE_CODES.REJECTED.QUEUE_CLOSED:
      return { ...identity, state: 'REJECTED', reason: 'QUEUE_CLOSED', endedAt: time };
    case STATE_CODES.REJECTED.QUEUE_FULL:
      return { ...identity, state: 'REJECTED', reason: 'QUEUE_FULL', endedAt: time };
    case STATE_CODES.REJECTED.DISQUALIFIED:
      return { ...identity, state: 'REJECTED', reason: 'DISQUALIFIED', endedAt: time };
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
