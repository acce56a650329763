/**
 * A second implementation of the queue rules (docs/guarantees.md): plain and slow, and it shares no code with the fold of the
 * product. A bug in one of them shows as a difference.
 */
import { createHash } from 'node:crypto';
import type { Policy, QueueEvent } from '../../src/domain/events.generated.ts';
import type { EntryResponse, LoggedRecord, PlainEntry } from './history.ts';

/** A queue after one of its records. */
export interface ModelQueue {
  readonly offset: number;
  /** Log time. */
  readonly time: number;
  /** Offset of the first configuration. */
  readonly since: number;
  readonly policy: Policy;
  readonly paused: boolean;
  readonly closed: boolean;
  readonly isOpen: boolean;
  readonly commitment: string | null;
  readonly seed: string | null;
  readonly admittedThrough: number;
  /** Outcomes up to this time may have been purged. */
  readonly purgedThrough: number;
  readonly entries: readonly PlainEntry[];
  readonly disqualified: readonly string[];
}

const MAX_CHANGES = 500;
const LIVE = ['REGISTERED', 'WAITING', 'READY', 'ACTIVE'];

/** The queue after each of its records, from its first configuration on. */
export function modelQueues(log: readonly LoggedRecord[]): readonly ModelQueue[] {
  const queues: ModelQueue[] = [];
  for (const { event, offset, timestamp, redriveOf } of log) {
    const last = queues.at(-1);
    if (last) {
      const now = openIfDue({ ...last, offset, time: Math.max(last.time, timestamp) });
      const isRedrive = redriveOf && event.type === 'QueueEntryRequested';
      queues.push(isRedrive ? redrive(now, queues, event, redriveOf) : applyEvent(now, event));
    } else if (event.type === 'QueueConfigured')
      queues.push(applyEvent(initialQueue(event.policy, offset, timestamp), event));
  }
  return queues;
}

/** The queue after the record at `offset`; undefined before its first configuration. */
export function modelQueueAt(queues: readonly ModelQueue[], offset: number): ModelQueue | undefined {
  return queues.findLast((queue) => queue.offset <= offset);
}

export const isLive = ({ state }: PlainEntry): boolean => LIVE.includes(state);
export const inState = ({ entries }: ModelQueue, ...states: string[]): readonly PlainEntry[] =>
  entries.filter(({ state }) => states.includes(state));
/** Waiting entries in the order of their places. */
export const waitingInOrder = (queue: ModelQueue): readonly PlainEntry[] =>
  inState(queue, 'WAITING').toSorted((a, b) => a.place - b.place);

/** The entry that the API must return for an entry token with this offset. */
export function expectedEntry(
  queue: ModelQueue,
  userId: string,
  token: number,
): Omit<EntryResponse, 'projectedOffset'> {
  if (token > queue.offset) return { state: 'PENDING', offset: token };
  const entry = queue.entries.find((one) => one.userId === userId);
  if (!entry && token < queue.since) return { state: 'REJECTED', offset: token, rejectedBecause: 'QUEUE_NOT_OPEN' };
  if (!entry || token < entry.offset) return { state: 'LEFT', offset: token };
  const { state, offset, place, claimBy, activeUntil, reason } = entry;
  if (state === 'REJECTED') return { state, offset, rejectedBecause: reason };
  if (state === 'REGISTERED') return { state, offset };
  if (state !== 'WAITING') return { state, offset, place, claimBy, activeUntil };
  const registered = inState(queue, 'REGISTERED').length;
  return {
    state,
    offset,
    place,
    position: registered + waitingInOrder(queue).findIndex((one) => one.userId === userId) + 1,
  };
}

function initialQueue(policy: Policy, offset: number, timestamp: number): ModelQueue {
  const empty = { commitment: null, seed: null, admittedThrough: -1, purgedThrough: 0, entries: [], disqualified: [] };
  return { offset, time: timestamp, since: offset, policy, paused: false, closed: false, isOpen: false, ...empty };
}

function openIfDue(queue: ModelQueue): ModelQueue {
  const { isOpen, time, policy } = queue;
  return isOpen || (policy.opensAt !== null && time < policy.opensAt) ? queue : { ...queue, isOpen: true };
}

function applyEvent(now: ModelQueue, event: QueueEvent): ModelQueue {
  switch (event.type) {
    case 'QueueConfigured': {
      const configured = openIfDue({ ...now, policy: event.policy });
      const commits = !configured.isOpen && event.policy.beforeOpening === 'draw' && configured.commitment === null;
      return commits ? { ...configured, commitment: event.drawCommitment } : configured;
    }
    case 'QueuePaused':
      return { ...now, paused: true };
    case 'QueueResumed':
      return { ...now, paused: false, closed: false };
    case 'QueueClosed':
      return { ...now, closed: true };
    case 'NoticePosted':
      return now;
    case 'DrawHeld':
      return drawHeld(now, event.seed);
    case 'QueueEntryRequested':
      return entryRequested(now, event.userId, event.entryId);
    case 'QueueEntryLeft':
      return endEntry(now, holderOf(now, event.userId, event.tokenOffset), 'LEFT');
    case 'UserDisqualified': {
      const entry = now.entries.find(({ userId }) => userId === event.userId);
      const others = now.disqualified.filter((userId) => userId !== event.userId);
      return { ...endEntry(now, entry, 'DISQUALIFIED'), disqualified: [...others, event.userId] };
    }
    case 'UserReinstated':
      return { ...now, disqualified: now.disqualified.filter((userId) => userId !== event.userId) };
    case 'EntriesAdmitted':
      return admit(now, event.through);
    case 'AdmissionClaimed': {
      const entry = holderOf(now, event.userId, event.tokenOffset);
      if (entry?.state !== 'READY') return now;
      const activeUntil = now.time + now.policy.activeWindowSeconds * 1_000;
      return replaceEntry(now, { ...entry, state: 'ACTIVE', claimBy: undefined, activeUntil });
    }
    case 'AdmissionCompleted': {
      const entry = holderOf(now, event.userId, event.tokenOffset);
      return entry?.state === 'ACTIVE' ? endEntry(now, entry, 'COMPLETED') : now;
    }
    case 'TimePassed':
      return timePassed(now, Math.min(event.through, now.time));
  }
}

function replaceEntry(now: ModelQueue, entry: PlainEntry): ModelQueue {
  return { ...now, entries: [...now.entries.filter(({ userId }) => userId !== entry.userId), entry] };
}

function holderOf({ entries }: ModelQueue, userId: string, token: number): PlainEntry | undefined {
  return entries.find((entry) => entry.userId === userId && token >= entry.offset);
}

function endEntry(now: ModelQueue, entry: PlainEntry | undefined, state: string): ModelQueue {
  if (!entry || !isLive(entry)) return now;
  return replaceEntry(now, { ...entry, state, claimBy: undefined, activeUntil: undefined, endedAt: now.time });
}

function entryRequested(now: ModelQueue, userId: string, entryId: string): ModelQueue {
  const mine = now.entries.find((entry) => entry.userId === userId);
  if (mine && (isLive(mine) || mine.entryId === entryId)) return now;
  const entry = { userId, entryId, offset: now.offset, place: now.offset };
  const reason = refusal(now, userId);
  if (reason) return replaceEntry(now, { ...entry, state: 'REJECTED', reason, endedAt: now.time });
  return replaceEntry(now, { ...entry, state: now.isOpen ? 'WAITING' : 'REGISTERED' });
}

/** The queue after a redrive. @param queues the queue after each earlier record */
function redrive(
  now: ModelQueue,
  queues: readonly ModelQueue[],
  { userId, entryId }: { readonly userId: string; readonly entryId: string },
  receipt: { readonly offset: number; readonly timestamp: number },
): ModelQueue {
  const { offset, timestamp } = receipt;
  const tooOld = Math.max(now.purgedThrough, now.time - now.policy.outcomeRetentionSeconds * 1_000);
  const last = now.entries.find((entry) => entry.userId === userId);
  const isAnswered = last && (isLive(last) || last.offset >= offset || (last.endedAt ?? 0) > timestamp);
  if (offset >= now.offset || timestamp <= tooOld || isAnswered || last?.entryId === entryId) return now;
  const earlier = modelQueueAt(queues, offset);
  const then = earlier && openIfDue({ ...earlier, time: Math.max(earlier.time, timestamp) });
  const unopened = !then?.isOpen && !(then?.policy.beforeOpening === 'draw' && then.commitment !== null);
  const asOfNow = refusal({ ...now, isOpen: true }, userId);
  const reason = unopened && !['DISQUALIFIED', 'QUEUE_CLOSED'].includes(asOfNow ?? '') ? 'QUEUE_NOT_OPEN' : asOfNow;
  const entry = { userId, entryId, offset, place: offset };
  if (reason) return replaceEntry(now, { ...entry, state: 'REJECTED', reason, endedAt: now.time });
  if (then?.isOpen) return replaceEntry(now, { ...entry, state: 'WAITING' });
  return replaceEntry(
    now,
    now.seed === null ? { ...entry, state: 'REGISTERED' } : { ...entry, place: now.offset, state: 'WAITING' },
  );
}

/** The reason to reject a request of this user; undefined: it is accepted. */
export function refusal(now: ModelQueue, userId: string): string | undefined {
  const { disqualified, closed, isOpen, policy, commitment } = now;
  if (disqualified.includes(userId)) return 'DISQUALIFIED';
  if (closed) return 'QUEUE_CLOSED';
  if (!isOpen && !(policy.beforeOpening === 'draw' && commitment !== null)) return 'QUEUE_NOT_OPEN';
  const many = inState(now, 'WAITING', 'REGISTERED').length;
  return policy.maximumWaiting !== null && many >= policy.maximumWaiting ? 'QUEUE_FULL' : undefined;
}

function admit(now: ModelQueue, through: number): ModelQueue {
  const isAdmitting = now.isOpen && !now.paused && !now.closed && (now.commitment === null || now.seed !== null);
  let next = now;
  for (let count = 0; isAdmitting && count < MAX_CHANGES; count++) {
    const [front] = waitingInOrder(next);
    if (!front || front.place > through || inState(next, 'READY', 'ACTIVE').length >= now.policy.capacity) break;
    const claimBy = now.time + now.policy.claimWindowSeconds * 1_000;
    const admittedThrough = Math.max(next.admittedThrough, front.place);
    next = { ...replaceEntry(next, { ...front, state: 'READY', claimBy }), admittedThrough };
  }
  return next;
}

function timePassed(now: ModelQueue, through: number): ModelQueue {
  const deadline = ({ claimBy, activeUntil }: PlainEntry): number => claimBy ?? activeUntil ?? Number.POSITIVE_INFINITY;
  const due = inState(now, 'READY', 'ACTIVE').filter((entry) => deadline(entry) <= through);
  const expiring = due.toSorted((a, b) => deadline(a) - deadline(b) || a.place - b.place).slice(0, MAX_CHANGES);
  const kept = now.policy.outcomeRetentionSeconds * 1_000;
  const over = now.entries.filter(({ endedAt }) => endedAt !== undefined && endedAt + kept <= through);
  const purged = over
    .toSorted((a, b) => (a.endedAt ?? 0) - (b.endedAt ?? 0) || a.offset - b.offset)
    .slice(0, MAX_CHANGES - expiring.length);
  const purgedThrough = Math.max(now.purgedThrough, through - kept);
  const rest: ModelQueue = { ...now, purgedThrough, entries: now.entries.filter((entry) => !purged.includes(entry)) };
  return expiring.reduce<ModelQueue>((queue, entry) => endEntry(queue, entry, 'EXPIRED'), rest);
}

function drawHeld(now: ModelQueue, seed: string): ModelQueue {
  const isDue = now.isOpen && now.commitment !== null && now.seed === null;
  const key = Buffer.from(seed, 'hex');
  if (!isDue || createHash('sha256').update(key).digest('hex') !== now.commitment) return now;
  const ticket = ({ offset }: PlainEntry): string => {
    const eightBytes = offset.toString(16).padStart(16, '0');
    return createHash('sha256').update(key).update(Buffer.from(eightBytes, 'hex')).digest('hex');
  };
  const registered = inState(now, 'REGISTERED');
  const places = registered.map(({ offset }) => offset).toSorted((a, b) => a - b);
  const order = registered.toSorted((a, b) =>
    ticket(a) < ticket(b) ? -1 : ticket(a) > ticket(b) ? 1 : a.offset - b.offset,
  );
  return order.reduce<ModelQueue>(
    (queue, entry, k) => replaceEntry(queue, { ...entry, state: 'WAITING', place: places[k] ?? -1 }),
    {
      ...now,
      seed,
    },
  );
}
