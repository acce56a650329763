/**
 * What each record of the log does to a queue: the contract once more, plain and slow (arrays and filters, nothing shared with
 * the project's fold), so that a mistake in one of them shows as a difference.
 */
import { createHash } from 'node:crypto';
import type { Policy, QueueEvent } from '../../src/domain/events.generated.ts';
import type { Logged, PlainLife, ToldEntry } from './history.ts';

/** A queue after one of its records. */
export interface Moment {
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
  readonly entries: readonly PlainLife[];
  readonly disqualified: readonly string[];
}

const MOST = 500;
const LIVE = ['REGISTERED', 'WAITING', 'READY', 'ACTIVE'];

/** The queue after each of its records, from its first configuration on. */
export function momentsOf(log: readonly Logged[]): readonly Moment[] {
  const moments: Moment[] = [];
  for (const { event, offset, timestamp } of log) {
    const last = moments.at(-1);
    if (last) moments.push(after(opened({ ...last, offset, time: Math.max(last.time, timestamp) }), event));
    else if (event.type === 'QueueConfigured') moments.push(after(begun(event.policy, offset, timestamp), event));
  }
  return moments;
}

/** The queue as it was when everything up to `offset` was folded; undefined before its first configuration. */
export function momentAt(moments: readonly Moment[], offset: number): Moment | undefined {
  return moments.findLast((moment) => moment.offset <= offset);
}

export const isLive = ({ state }: PlainLife): boolean => LIVE.includes(state);
export const inState = ({ entries }: Moment, ...states: string[]): readonly PlainLife[] =>
  entries.filter(({ state }) => states.includes(state));
/** Those who wait, front first. */
export const lineOf = (moment: Moment): readonly PlainLife[] =>
  inState(moment, 'WAITING').toSorted((a, b) => a.place - b.place);

/** What the contract lets an entry token of this offset be told at this moment. */
export function expectedEntry(moment: Moment, userId: string, token: number): Omit<ToldEntry, 'projectedOffset'> {
  if (token > moment.offset) return { state: 'PENDING', offset: token };
  const entry = moment.entries.find((one) => one.userId === userId);
  if (!entry && token < moment.since) return { state: 'REJECTED', offset: token, rejectedBecause: 'QUEUE_NOT_OPEN' };
  if (!entry || token < entry.offset) return { state: 'LEFT', offset: token };
  const { state, offset, place, claimBy, activeUntil, reason } = entry;
  if (state === 'REJECTED') return { state, offset, rejectedBecause: reason };
  if (state === 'REGISTERED') return { state, offset };
  if (state !== 'WAITING') return { state, offset, place, claimBy, activeUntil };
  const registered = inState(moment, 'REGISTERED').length;
  return { state, offset, place, position: registered + lineOf(moment).findIndex((one) => one.userId === userId) + 1 };
}

function begun(policy: Policy, offset: number, timestamp: number): Moment {
  const nothing = { commitment: null, seed: null, admittedThrough: -1, entries: [], disqualified: [] };
  return { offset, time: timestamp, since: offset, policy, paused: false, closed: false, isOpen: false, ...nothing };
}

function opened(moment: Moment): Moment {
  const { isOpen, time, policy } = moment;
  return isOpen || (policy.opensAt !== null && time < policy.opensAt) ? moment : { ...moment, isOpen: true };
}

function after(now: Moment, event: QueueEvent): Moment {
  switch (event.type) {
    case 'QueueConfigured': {
      const configured = opened({ ...now, policy: event.policy });
      const commits = !configured.isOpen && event.policy.beforeOpening === 'draw' && configured.commitment === null;
      return commits ? { ...configured, commitment: event.drawCommitment } : configured;
    }
    case 'QueuePaused':
      return { ...now, paused: true };
    case 'QueueResumed':
      return { ...now, paused: false, closed: false };
    case 'QueueClosed':
      return { ...now, closed: true };
    case 'DrawHeld':
      return drawn(now, event.seed);
    case 'QueueEntryRequested':
      return entered(now, event.userId, event.entryId);
    case 'QueueEntryLeft':
      return ended(now, holderOf(now, event.userId, event.tokenOffset), 'LEFT');
    case 'UserDisqualified': {
      const entry = now.entries.find(({ userId }) => userId === event.userId);
      const others = now.disqualified.filter((userId) => userId !== event.userId);
      return { ...ended(now, entry, 'DISQUALIFIED'), disqualified: [...others, event.userId] };
    }
    case 'UserReinstated':
      return { ...now, disqualified: now.disqualified.filter((userId) => userId !== event.userId) };
    case 'EntriesAdmitted':
      return called(now, event.through);
    case 'AdmissionClaimed': {
      const entry = holderOf(now, event.userId, event.tokenOffset);
      if (entry?.state !== 'READY') return now;
      const activeUntil = now.time + now.policy.activeWindowSeconds * 1_000;
      return put(now, { ...entry, state: 'ACTIVE', claimBy: undefined, activeUntil });
    }
    case 'AdmissionCompleted': {
      const entry = holderOf(now, event.userId, event.tokenOffset);
      return entry?.state === 'ACTIVE' ? ended(now, entry, 'COMPLETED') : now;
    }
    case 'TimePassed':
      return lapsed(now, Math.min(event.through, now.time));
  }
}

function put(now: Moment, entry: PlainLife): Moment {
  return { ...now, entries: [...now.entries.filter(({ userId }) => userId !== entry.userId), entry] };
}

function holderOf({ entries }: Moment, userId: string, token: number): PlainLife | undefined {
  return entries.find((entry) => entry.userId === userId && token >= entry.offset);
}

function ended(now: Moment, entry: PlainLife | undefined, state: string): Moment {
  if (!entry || !isLive(entry)) return now;
  return put(now, { ...entry, state, claimBy: undefined, activeUntil: undefined, endedAt: now.time });
}

function entered(now: Moment, userId: string, entryId: string): Moment {
  const mine = now.entries.find((entry) => entry.userId === userId);
  if (mine && (isLive(mine) || mine.entryId === entryId)) return now;
  const entry = { userId, entryId, offset: now.offset, place: now.offset };
  const reason = refusal(now, userId);
  if (reason) return put(now, { ...entry, state: 'REJECTED', reason, endedAt: now.time });
  return put(now, { ...entry, state: now.isOpen ? 'WAITING' : 'REGISTERED' });
}

/** Why a request of this user would be refused at this moment; undefined: it would not. */
export function refusal(now: Moment, userId: string): string | undefined {
  const { disqualified, closed, isOpen, policy, commitment } = now;
  if (disqualified.includes(userId)) return 'DISQUALIFIED';
  if (closed) return 'QUEUE_CLOSED';
  if (!isOpen && !(policy.beforeOpening === 'draw' && commitment !== null)) return 'QUEUE_NOT_OPEN';
  const many = inState(now, 'WAITING', 'REGISTERED').length;
  return policy.maximumWaiting !== null && many >= policy.maximumWaiting ? 'QUEUE_FULL' : undefined;
}

function called(now: Moment, through: number): Moment {
  const isCalling = now.isOpen && !now.paused && !now.closed && (now.commitment === null || now.seed !== null);
  let next = now;
  for (let count = 0; isCalling && count < MOST; count++) {
    const [front] = lineOf(next);
    if (!front || front.place > through || inState(next, 'READY', 'ACTIVE').length >= now.policy.capacity) break;
    const claimBy = now.time + now.policy.claimWindowSeconds * 1_000;
    const admittedThrough = Math.max(next.admittedThrough, front.place);
    next = { ...put(next, { ...front, state: 'READY', claimBy }), admittedThrough };
  }
  return next;
}

function lapsed(now: Moment, through: number): Moment {
  const deadline = ({ claimBy, activeUntil }: PlainLife): number => claimBy ?? activeUntil ?? Number.POSITIVE_INFINITY;
  const due = inState(now, 'READY', 'ACTIVE').filter((entry) => deadline(entry) <= through);
  const lapsing = due.toSorted((a, b) => deadline(a) - deadline(b) || a.place - b.place).slice(0, MOST);
  const kept = now.policy.outcomeRetentionSeconds * 1_000;
  const over = now.entries.filter(({ endedAt }) => endedAt !== undefined && endedAt + kept <= through);
  const forgotten = over
    .toSorted((a, b) => (a.endedAt ?? 0) - (b.endedAt ?? 0) || a.offset - b.offset)
    .slice(0, MOST - lapsing.length);
  const rest: Moment = { ...now, entries: now.entries.filter((entry) => !forgotten.includes(entry)) };
  return lapsing.reduce<Moment>((moment, entry) => ended(moment, entry, 'EXPIRED'), rest);
}

function drawn(now: Moment, seed: string): Moment {
  const isDue = now.isOpen && now.commitment !== null && now.seed === null;
  const key = Buffer.from(seed, 'hex');
  if (!isDue || createHash('sha256').update(key).digest('hex') !== now.commitment) return now;
  const ticket = ({ offset }: PlainLife): string => {
    const eightBytes = offset.toString(16).padStart(16, '0');
    return createHash('sha256').update(key).update(Buffer.from(eightBytes, 'hex')).digest('hex');
  };
  const registered = inState(now, 'REGISTERED');
  const places = registered.map(({ offset }) => offset).toSorted((a, b) => a - b);
  const order = registered.toSorted((a, b) =>
    ticket(a) < ticket(b) ? -1 : ticket(a) > ticket(b) ? 1 : a.offset - b.offset,
  );
  return order.reduce<Moment>(
    (moment, entry, k) => put(moment, { ...entry, state: 'WAITING', place: places[k] ?? -1 }),
    {
      ...now,
      seed,
    },
  );
}
