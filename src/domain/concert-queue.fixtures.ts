/** The words in which the tests of the queue are told: given these events, then the queue looks like this. */
import { createHash } from 'node:crypto';
import { ConcertQueue } from './concert-queue.ts';
import type { Policy, QueueEvent } from './events.generated.ts';
import type { ChangeSet, LogPosition, LogTime, Offset, UserId } from './types.ts';

const about = { concertId: 'spring-tour', occurredAt: 0 };
const digest = (hex: string) => createHash('sha256').update(Buffer.from(hex, 'hex')).digest('hex');

export const policy: Policy = {
  capacity: 2,
  admissionsPerMinute: 60,
  claimWindowSeconds: 30,
  activeWindowSeconds: 300,
  maximumWaiting: null,
  minimumBalance: null,
  opensAt: null,
  beforeOpening: 'reject',
  outcomeRetentionSeconds: 3_600,
};

/** 64 hexadecimal digits. */
export const seed = 'a1'.repeat(32);
export const otherSeed = 'b2'.repeat(32);

export const configured = (changes: Partial<Policy> = {}): QueueEvent & { type: 'QueueConfigured' } => ({
  type: 'QueueConfigured',
  ...about,
  policy: { ...policy, ...changes },
  drawNonce: null,
  drawCommitment: null,
});
/** Opens at second 10 with a draw of `revealing`, unless said otherwise. */
export const configuredWithDraw = (
  changes: Partial<Policy> = {},
  revealing = seed,
): QueueEvent & { type: 'QueueConfigured' } => ({
  ...configured({ opensAt: seconds(10), beforeOpening: 'draw', ...changes }),
  drawNonce: '01'.repeat(16),
  drawCommitment: digest(revealing),
});
export const drawHeld = (revealed = seed): QueueEvent => ({ type: 'DrawHeld', ...about, seed: revealed });
export const paused: QueueEvent = { type: 'QueuePaused', ...about };
export const resumed: QueueEvent = { type: 'QueueResumed', ...about };
export const closed: QueueEvent = { type: 'QueueClosed', ...about };
export const requestedBy = (userId: UserId, entryId = `first of ${userId}`): QueueEvent => ({
  type: 'QueueEntryRequested',
  ...about,
  userId,
  entryId,
});
export const leftBy = (userId: UserId, tokenOffset: Offset): QueueEvent => ({
  type: 'QueueEntryLeft',
  ...about,
  userId,
  tokenOffset,
});
export const claimedBy = (userId: UserId, tokenOffset: Offset): QueueEvent => ({
  type: 'AdmissionClaimed',
  ...about,
  userId,
  tokenOffset,
});
export const completedBy = (userId: UserId, tokenOffset: Offset): QueueEvent => ({
  type: 'AdmissionCompleted',
  ...about,
  userId,
  tokenOffset,
});
export const disqualifiedUser = (userId: UserId): QueueEvent => ({ type: 'UserDisqualified', ...about, userId });
export const reinstatedUser = (userId: UserId): QueueEvent => ({ type: 'UserReinstated', ...about, userId });
export const admittedUpTo = (through: Offset): QueueEvent => ({ type: 'EntriesAdmitted', ...about, through });
/** Log time has passed up to this second. */
export const timePassed = (second: number): QueueEvent => ({ type: 'TimePassed', ...about, through: seconds(second) });

/** Opens at once. */
export const opened = configured();
/** What makes `ann`, who asks at offset 1, come so far. */
export const annWaits = [requestedBy('ann')];
export const annIsReady = [...annWaits, admittedUpTo(1)];
export const annIsActive = [...annIsReady, claimedBy('ann', 1)];
export const annHasLeft = [...annWaits, leftBy('ann', 1)];
export const annHasCompleted = [...annIsActive, completedBy('ann', 1)];

interface Said {
  readonly second?: number;
  readonly event?: QueueEvent;
  readonly redriveOf?: Offset;
}
/** An event that the broker stamped at this second, instead of one second after the event before. */
export const atSecond = (second: number, event: QueueEvent): Said => ({ second, event });
/** A record that takes an offset and is passed over. */
export const deadLetter: Said = {};
/** The record at this offset, stamped at as many seconds, comes again. */
export const redriven = (redriveOf: Offset, event: QueueEvent): Said => ({ redriveOf, event });

export const seconds = (count: number): LogTime => count * 1_000;

/** `count` users who ask once each: `fan 0`, `fan 1`, ... */
export const requestedByFans = (count: number): QueueEvent[] =>
  Array.from({ length: count }, (_, k) => requestedBy(`fan ${k}`));

/** Folds the events at offsets from 0, one second apart. The first one has to configure the queue. */
export function given(...events: (QueueEvent | Said)[]): ConcertQueue {
  return changesOf(...events).queue;
}

/** As `given`, with what each event but the first changed. */
export function changesOf(...events: (QueueEvent | Said)[]): { queue: ConcertQueue; changes: ChangeSet[] } {
  const [first, ...rest] = positioned(events);
  if (first?.event.type !== 'QueueConfigured') throw new Error('a queue begins with its configuration');
  const queue = ConcertQueue.begin(first.event, first.position);
  return { queue, changes: rest.map(({ event, position }) => queue.apply(event, position)) };
}

function positioned(events: readonly (QueueEvent | Said)[]): { event: QueueEvent; position: LogPosition }[] {
  let second = -1;
  return events.flatMap((said, offset) => {
    const { event, redriveOf, ...timed }: Said = 'type' in said ? { event: said } : said;
    second = timed.second ?? second + 1;
    if (!event) return [];
    const of = redriveOf === undefined ? {} : { redriveOf: { offset: redriveOf, timestamp: seconds(redriveOf) } };
    return [{ event, position: { offset, timestamp: seconds(second), ...of } }];
  });
}

export const stateOf = (queue: ConcertQueue, userId: UserId) => queue.entryOf(userId)?.state;

export function rejectionOf(queue: ConcertQueue, userId: UserId): string | undefined {
  const entry = queue.entryOf(userId);
  return entry?.state === 'REJECTED' ? entry.reason : undefined;
}

/** Those who wait, front first. */
export const waitingUsers = (queue: ConcertQueue): UserId[] => [...queue.waitingEntries()].map(({ userId }) => userId);

export const admittedThrough = (queue: ConcertQueue): Offset => queue.attributes().admittedThrough;

/** A second implementation of the draw order: sorted by SHA-256(seed ‖ offset as 8 bytes, big-endian). */
export function sortedByTicket(offsets: readonly Offset[]): Offset[] {
  return offsets.toSorted((a, b) => (ticket(a) < ticket(b) ? -1 : 1));
}

function ticket(offset: Offset): string {
  return digest(seed + offset.toString(16).padStart(16, '0'));
}
