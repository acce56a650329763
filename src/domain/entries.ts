import { compareByPlace, compareByReceipt } from './entry-order.ts';
import { drawn } from './entry-transitions.ts';
import type { QueueCounts } from './queue-snapshot.ts';
import type { Active, ClosedEntry, Entry, LogTime, Offset, Ready, Registered, UserId, Waiting } from './types.ts';
import { WaitingEntries } from './waiting-entries.ts';

/**
 * The entries of one queue, one per user, grouped by state. `waiting` is in the order of places, and `closed` in the order of
 * `endedAt`, because a Map keeps insertion order.
 */
export class EntryIndex {
  readonly registered = new Map<UserId, Registered>();
  waiting = new WaitingEntries();
  readonly ready = new Map<UserId, Ready>();
  readonly active = new Map<UserId, Active>();
  readonly closed = new Map<UserId, ClosedEntry>();

  /** Accepts entries in any order. */
  static from(entries: Iterable<Entry>): EntryIndex {
    const restored = new EntryIndex();
    const closed: ClosedEntry[] = [];
    const waiting: Waiting[] = [];
    for (const entry of entries) {
      if (entry.state === 'WAITING') waiting.push(entry);
      else if ('endedAt' in entry) closed.push(entry);
      else restored.insert(entry);
    }
    for (const entry of waiting.toSorted(compareByPlace)) restored.insert(entry);
    for (const entry of closed.toSorted((a, b) => a.endedAt - b.endedAt)) restored.insert(entry);
    return restored;
  }

  get(userId: UserId): Entry | undefined {
    return (
      this.waiting.get(userId) ??
      this.closed.get(userId) ??
      this.ready.get(userId) ??
      this.active.get(userId) ??
      this.registered.get(userId)
    );
  }

  /** Replaces the user's previous entry, if any. */
  replace(before: Entry | undefined, entry: Entry): void {
    if (before) this.#bucketOf(before).delete(before.userId);
    this.insert(entry);
  }

  insert(entry: Entry): void {
    switch (entry.state) {
      case 'REGISTERED':
        this.registered.set(entry.userId, entry);
        break;
      case 'WAITING':
        this.waiting.add(entry);
        break;
      case 'READY':
        this.ready.set(entry.userId, entry);
        break;
      case 'ACTIVE':
        this.active.set(entry.userId, entry);
        break;
      default:
        this.closed.set(entry.userId, entry);
    }
  }

  /** Moves the registered entries to `waiting`, each with its drawn place. @param order by place */
  applyDrawOrder(order: Iterable<{ readonly entry: Registered; readonly place: Offset }>): void {
    const others = this.waiting;
    this.registered.clear();
    this.waiting = new WaitingEntries();
    for (const { entry, place } of order) this.waiting.add(drawn(entry, place));
    for (const entry of others.inOrder()) this.waiting.add(entry);
  }

  /** Every entry. An entry that changes during the iteration may be returned before, after, twice or not at all. */
  *all(): Generator<Entry> {
    yield* this.registered.values();
    yield* this.waiting.all();
    yield* this.ready.values();
    yield* this.active.values();
    yield* this.closed.values();
  }

  /** Entries with a deadline at or before `through`, earliest first, at most `limit`. */
  expiredBy(through: LogTime, limit: number): (Ready | Active)[] {
    const due: (Ready | Active)[] = [];
    for (const entry of this.ready.values()) if (entry.claimBy <= through) due.push(entry);
    for (const entry of this.active.values()) if (entry.activeUntil <= through) due.push(entry);
    return due.toSorted((a, b) => deadlineOf(a) - deadlineOf(b) || compareByPlace(a, b)).slice(0, limit);
  }

  /** Outcomes that ended at or before `time`, earliest first, then by offset; at most `limit`. */
  closedBy(time: LogTime, limit: number): ClosedEntry[] {
    const due: ClosedEntry[] = [];
    for (const entry of this.closed.values()) {
      if (entry.endedAt > time || (due.length >= limit && entry.endedAt !== due.at(-1)?.endedAt)) break;
      due.push(entry);
    }
    return due.toSorted((a, b) => a.endedAt - b.endedAt || compareByReceipt(a, b)).slice(0, limit);
  }

  /** The earliest deadline of an entry READY or ACTIVE; Infinity if there is none. */
  nextDeadline(): LogTime {
    let first = Number.POSITIVE_INFINITY;
    for (const entry of this.ready.values()) if (entry.claimBy < first) first = entry.claimBy;
    for (const entry of this.active.values()) if (entry.activeUntil < first) first = entry.activeUntil;
    return first;
  }

  /** The earliest `endedAt` of an outcome; Infinity if there is none. */
  oldestEnd(): LogTime {
    return this.closed.values().next().value?.endedAt ?? Number.POSITIVE_INFINITY;
  }

  counts(disqualified: number): QueueCounts {
    const { registered, waiting, ready, active, closed } = this;
    const kept = registered.size + waiting.size + ready.size + active.size + closed.size;
    return {
      registered: registered.size,
      waiting: waiting.size,
      ready: ready.size,
      active: active.size,
      kept,
      disqualified,
    };
  }

  #bucketOf(entry: Entry): { delete(userId: UserId): void } {
    switch (entry.state) {
      case 'REGISTERED':
        return this.registered;
      case 'WAITING':
        return this.waiting;
      case 'READY':
        return this.ready;
      case 'ACTIVE':
        return this.active;
      default:
        return this.closed;
    }
  }
}

export function deadlineOf(entry: Ready | Active): LogTime {
  return entry.state === 'READY' ? entry.claimBy : entry.activeUntil;
}
