/** Events and queries for tests of the queue: given these events, then the queue has this state. */
import { createHash } from 'node:crypto';
import { ConcertQueue } from './concert-queue.ts';
import type { Policy, QueueEvent } from './events.generated.ts';
import type { ChangeSet, LogPosition, LogTime, Offset, UserId } from './types.ts';

const common = { concertId: 'spring-tour', occurredAt: 0 };
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
  ...common,
  policy: { ...policy, ...changes },
  drawNonce: null,
  drawCommitment: null,
});
/** Opens at second 10, with a draw committed to this seed. */
export const configuredWithDraw = (
  changes: Partial<Policy> = {},
  committedSeed = seed,
): QueueEvent & { type: 'QueueConfigured' } => ({
  ...configured({ opensAt: seconds(10), beforeOpening: 'draw', ...changes }),
  drawNonce: '01'.repeat(16),
  drawCommitment: digest(committedSeed),
});
export const drawHeld = (revealed = seed): QueueEvent => ({ type: 'DrawHeld', ...common, seed: revealed });
export const paused: QueueEvent = { type: 'QueuePaused', ...common };
export const resumed: QueueEvent = { type: 'QueueResumed', ...common };
export const closed: QueueEvent = { type: 'QueueClosed', ...common };
/** Without texts, the notice is removed. */
export const noticePosted = (texts: Readonly<Record<string, string>> = {}): QueueEvent => ({
  type: 'NoticePosted',
  ...common,
  texts,
});
export const requestedBy = (userId: UserId, entryId = `first of ${userId}`): QueueEvent => ({
  type: 'QueueEntryRequested',
  ...common,
  userId,
  entryId,
});
export const leftBy = (userId: UserId, tokenOffset: Offset): QueueEvent => ({
  type: 'QueueEntryLeft',
  ...common,
  userId,
  tokenOffset,
});
export const claimedBy = (userId: UserId, tokenOffset: Offset): QueueEvent => ({
  type: 'AdmissionClaimed',
  ...common,
  userId,
  tokenOffset,
});
export const completedBy = (userId: UserId, tokenOffset: Offset): QueueEvent => ({
  type: 'AdmissionCompleted',
  ...common,
  userId,
  tokenOffset,
});
export const disqualifiedUser = (userId: UserId): QueueEvent => ({ type: 'UserDisqualified', ...common, userId });
export const reinstatedUser = (userId: UserId): QueueEvent => ({ type: 'UserReinstated', ...common, userId });
export const admittedUpTo = (through: Offset): QueueEvent => ({ type: 'EntriesAdmitted', ...common, through });
/** Log time has passed up to this second. */
export const timePassed = (second: number): QueueEvent => ({ type: 'TimePassed', ...common, through: seconds(second) });

/** Opens at once. */
export const opened = configured();
/** Events that bring `ann` to a state. Her request must be at offset 1. */
export const annWaits = [requestedBy('ann')];
export const annIsReady = [...annWaits, admittedUpTo(1)];
export const annIsActive = [...annIsReady, claimedBy('ann', 1)];
export const annHasLeft = [...annWaits, leftBy('ann', 1)];
export const annHasCompleted = [...annIsActive, completedBy('ann', 1)];

interface RecordedEvent {
  readonly second?: number;
  readonly event?: QueueEvent;
  readonly redriveOf?: Offset;
}
/** An event with this timestamp, instead of one second after the previous event. */
export const atSecond = (second: number, event: QueueEvent): RecordedEvent => ({ second, event });
/** A record that is skipped as a dead letter. */
export const deadLetter: RecordedEvent = {};
/** A redrive of the record at this offset, whose timestamp is as many seconds. */
export const redriven = (redriveOf: Offset, event: QueueEvent): RecordedEvent => ({ redriveOf, event });

/** The same at this second. */
export const redriveAt = (second: number, redriveOf: Offset, event: QueueEvent): RecordedEvent => ({
  ...redriven(redriveOf, event),
  second,
});

export const seconds = (count: number): LogTime => count * 1_000;

/** One request of each of `count` users: `fan 0`, `fan 1`, ... */
export const requestedByFans = (count: number): QueueEvent[] =>
  Array.from({ length: count }, (_, k) => requestedBy(`fan ${k}`));

/** Folds the events at offsets from 0, one second apart. The first must be a `QueueConfigured`. */
export function given(...events: (QueueEvent | RecordedEvent)[]): ConcertQueue {
  return changesOf(...events).queue;
}

/** Like `given`, with the changes of each event after the first. */
export function changesOf(...events: (QueueEvent | RecordedEvent)[]): { queue: ConcertQueue; changes: ChangeSet[] } {
  const [first, ...rest] = positioned(events);
  if (first?.event.type !== 'QueueConfigured') throw new Error('the first event must be QueueConfigured');
  const queue = ConcertQueue.begin(first.event, first.position);
  return { queue, changes: rest.map(({ event, position }) => queue.apply(event, position)) };
}

function positioned(events: readonly (QueueEvent | RecordedEvent)[]): { event: QueueEvent; position: LogPosition }[] {
  let second = -1;
  return events.flatMap((one, offset) => {
    const { event, redriveOf, ...timed }: RecordedEvent = 'type' in one ? { event: one } : one;
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

/** Waiting users in order. */
export const waitingUsers = (queue: ConcertQueue): UserId[] => [...queue.waitingEntries()].map(({ userId }) => userId);

export const admittedThrough = (queue: ConcertQueue): Offset => queue.attributes().admittedThrough;

/** A second implementation of the draw order: sorted by SHA-256(seed ‖ offset as 8 bytes, big-endian). */
export function sortedByTicket(offsets: readonly Offset[]): Offset[] {
  return offsets.toSorted((a, b) => (ticket(a) < ticket(b) ? -1 : 1));
}

function ticket(offset: Offset): string {
  return digest(seed + offset.toString(16).padStart(16, '0'));
}
