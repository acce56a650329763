import type { QueueCounts } from './queue-snapshot.ts';
import type { Active, Life, LogTime, Offset, Outcome, Ready, Registered, UserId, Waiting } from './types.ts';

/**
 * The lives of one queue, one per user, kept by state. A Map keeps insertion order: `waiting` is the queue itself, front first,
 * and `ended` is sorted by the time of ending.
 */
export class Lives {
  readonly registered = new Map<UserId, Registered>();
  readonly waiting = new Map<UserId, Waiting>();
  readonly ready = new Map<UserId, Ready>();
  readonly active = new Map<UserId, Active>();
  readonly ended = new Map<UserId, Outcome>();
  /** The highest place that was ever waited at since the last draw. */
  #last: Offset = -1;

  /** Takes stored lives in any order and restores the order in which they were put. */
  static from(lives: Iterable<Life>): Lives {
    const restored = new Lives();
    const outcomes: Outcome[] = [];
    const queue: Waiting[] = [];
    for (const life of lives) {
      if (life.state === 'WAITING') queue.push(life);
      else if ('endedAt' in life) outcomes.push(life);
      else restored.put(life);
    }
    for (const life of queue.toSorted((a, b) => a.place - b.place)) restored.put(life);
    for (const life of outcomes.toSorted((a, b) => a.endedAt - b.endedAt)) restored.put(life);
    return restored;
  }

  get(userId: UserId): Life | undefined {
    return (
      this.waiting.get(userId) ??
      this.ended.get(userId) ??
      this.ready.get(userId) ??
      this.active.get(userId) ??
      this.registered.get(userId)
    );
  }

  /** Lets `life` take the place of the user's `before`, if there is one. */
  replace(before: Life | undefined, life: Life): void {
    if (before) this.#shelf(before).delete(before.userId);
    this.put(life);
  }

  put(life: Life): void {
    switch (life.state) {
      case 'REGISTERED':
        this.registered.set(life.userId, life);
        break;
      case 'WAITING':
        this.#queueUp(life);
        break;
      case 'READY':
        this.ready.set(life.userId, life);
        break;
      case 'ACTIVE':
        this.active.set(life.userId, life);
        break;
      default:
        this.ended.set(life.userId, life);
    }
  }

  /** Lets the drawn wait, each at the place given. */
  reorder(order: Iterable<{ readonly life: Registered; readonly place: Offset }>): void {
    const queue = [...this.waiting.values()];
    this.registered.clear();
    this.waiting.clear();
    this.#last = -1;
    for (const { life, place } of order) queue.push({ ...life, state: 'WAITING', place });
    for (const life of queue.toSorted((a, b) => a.place - b.place)) this.put(life);
  }

  /** Whether any life has this receipt or this place. */
  hold(offset: Offset): boolean {
    for (const life of this.all()) if (life.offset === offset || life.place === offset) return true;
    return false;
  }

  /** Every life; may be read on while lives change (one that changes is seen before, after, both, or not at all). */
  *all(): Generator<Life> {
    yield* this.registered.values();
    yield* this.waiting.values();
    yield* this.ready.values();
    yield* this.active.values();
    yield* this.ended.values();
  }

  /** Those called whose time was over at `through`, the earliest first, at most `limit`. */
  lapsed(through: LogTime, limit: number): (Ready | Active)[] {
    const due: (Ready | Active)[] = [];
    for (const life of this.ready.values()) if (life.claimBy <= through) due.push(life);
    for (const life of this.active.values()) if (life.activeUntil <= through) due.push(life);
    return due.toSorted((a, b) => deadlineOf(a) - deadlineOf(b) || a.place - b.place).slice(0, limit);
  }

  /** Those that ended at or before `time`, the earliest first, at most `limit`; of one time, the smaller offset first. */
  endedBy(time: LogTime, limit: number): Outcome[] {
    const due: Outcome[] = [];
    for (const life of this.ended.values()) {
      if (life.endedAt > time || (due.length >= limit && life.endedAt !== due.at(-1)?.endedAt)) break;
      due.push(life);
    }
    return due.toSorted((a, b) => a.endedAt - b.endedAt || a.offset - b.offset).slice(0, limit);
  }

  /** The earliest deadline of anyone called; Infinity when nobody is. */
  firstDeadline(): LogTime {
    let first = Number.POSITIVE_INFINITY;
    for (const life of this.ready.values()) if (life.claimBy < first) first = life.claimBy;
    for (const life of this.active.values()) if (life.activeUntil < first) first = life.activeUntil;
    return first;
  }

  /** When the oldest outcome ended; Infinity when none is kept. */
  firstEnd(): LogTime {
    return this.ended.values().next().value?.endedAt ?? Number.POSITIVE_INFINITY;
  }

  counts(barred: number): QueueCounts {
    const { registered, waiting, ready, active, ended } = this;
    const kept = registered.size + waiting.size + ready.size + active.size + ended.size;
    return { registered: registered.size, waiting: waiting.size, ready: ready.size, active: active.size, kept, barred };
  }

  /** To the end, or (after a redrive) to where the place belongs. */
  #queueUp(life: Waiting): void {
    this.waiting.set(life.userId, life);
    if (life.place >= this.#last) {
      this.#last = life.place;
      return;
    }
    const behind = [...this.waiting.values()].filter(({ place }) => place > life.place);
    for (const other of behind) {
      this.waiting.delete(other.userId);
      this.waiting.set(other.userId, other);
    }
  }

  #shelf(life: Life): Map<UserId, Life> {
    switch (life.state) {
      case 'REGISTERED':
        return this.registered;
      case 'WAITING':
        return this.waiting;
      case 'READY':
        return this.ready;
      case 'ACTIVE':
        return this.active;
      default:
        return this.ended;
    }
  }
}

export function deadlineOf(life: Ready | Active): LogTime {
  return life.state === 'READY' ? life.claimBy : life.activeUntil;
}
