import type { Life, UserId } from '../../../domain/types.ts';

/**
 * One life as a short string: a million of them lie in memory. A letter for the state, then offset, `-` and place if the draw
 * or a redrive moved it, `@` and time if the state has one (numbers to base 36), a blank, and the entryId as it is.
 * A form of its own per fold version: whoever changes it raises FOLD_VERSION.
 */
const LETTERS = {
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
const FORM = /^([A-Za-z])([0-9a-z]+)(?:-([0-9a-z]+))?(?:@([0-9a-z]+))? (.*)$/s;

export function encodeLife(life: Life): string {
  const letter = life.state === 'REJECTED' ? LETTERS.REJECTED[life.because] : LETTERS[life.state];
  const place = life.place === life.offset ? '' : `-${life.place.toString(36)}`;
  const time = timeOf(life);
  return `${letter}${life.offset.toString(36)}${place}${time === undefined ? '' : `@${time.toString(36)}`} ${life.entryId}`;
}

/** The life that `encodeLife` made of it; undefined for what it never makes. */
export function decodeLife(userId: UserId, encoded: string): Life | undefined {
  const [, letter, from, moved, at, entryId] = FORM.exec(encoded) ?? [];
  if (from === undefined || entryId === undefined) return undefined;
  const offset = Number.parseInt(from, 36);
  const lifeline = { userId, entryId, offset, place: moved === undefined ? offset : Number.parseInt(moved, 36) };
  if (letter === LETTERS.REGISTERED) return { ...lifeline, state: 'REGISTERED' };
  if (letter === LETTERS.WAITING) return { ...lifeline, state: 'WAITING' };
  if (at === undefined) return undefined;
  const time = Number.parseInt(at, 36);
  switch (letter) {
    case LETTERS.READY:
      return { ...lifeline, state: 'READY', claimBy: time };
    case LETTERS.ACTIVE:
      return { ...lifeline, state: 'ACTIVE', activeUntil: time };
    case LETTERS.COMPLETED:
      return { ...lifeline, state: 'COMPLETED', endedAt: time };
    case LETTERS.EXPIRED:
      return { ...lifeline, state: 'EXPIRED', endedAt: time };
    case LETTERS.LEFT:
      return { ...lifeline, state: 'LEFT', endedAt: time };
    case LETTERS.DISQUALIFIED:
      return { ...lifeline, state: 'DISQUALIFIED', endedAt: time };
    case LETTERS.REJECTED.QUEUE_NOT_OPEN:
      return { ...lifeline, state: 'REJECTED', because: 'QUEUE_NOT_OPEN', endedAt: time };
    case LETTERS.REJECTED.QUEUE_CLOSED:
      return { ...lifeline, state: 'REJECTED', because: 'QUEUE_CLOSED', endedAt: time };
    case LETTERS.REJECTED.QUEUE_FULL:
      return { ...lifeline, state: 'REJECTED', because: 'QUEUE_FULL', endedAt: time };
    case LETTERS.REJECTED.DISQUALIFIED:
      return { ...lifeline, state: 'REJECTED', because: 'DISQUALIFIED', endedAt: time };
    default:
      return undefined;
  }
}

function timeOf(life: Life): number | undefined {
  switch (life.state) {
    case 'REGISTERED':
    case 'WAITING':
      return undefined;
    case 'READY':
      return life.claimBy;
    case 'ACTIVE':
      return life.activeUntil;
    case 'COMPLETED':
    case 'EXPIRED':
    case 'LEFT':
    case 'DISQUALIFIED':
    case 'REJECTED':
      return life.endedAt;
  }
}
