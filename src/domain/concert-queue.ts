import { AdmissionRate } from './admission-rate.ts';
import { drawn } from './draw.ts';
import type { Policy, QueueConfigured, QueueEntryRequested, QueueEvent } from './events.generated.ts';
import { Lives } from './lives.ts';
import { Opening } from './opening.ts';
import type { DrawState, QueueScalars, QueueSnapshot } from './queue-snapshot.ts';
import { RecentAdmissions } from './recent-admissions.ts';
import { called, claimed, ended } from './transitions.ts';
import type { Change, Effect, Ending, Life, LogPosition, LogTime, Offset, Rejection, UserId } from './vocabulary.ts';
import { isLive, REORDERED } from './vocabulary.ts';

/** Most entries one event may call, expire or forget; the rest waits for the next event of its kind. */
export const MOST_PER_EVENT = 500;

const NOTHING: readonly Change[] = [];

/**
 * The queue of one concert: the fold of its events, and nothing else.
 *
 * `apply` is the only way in. It is deterministic: same events at same positions, same state. It reads no clock (times come
 * from the log), throws on no event, and returns what it changed in absolute terms, so that a view can put it as it is.
 */
export class ConcertQueue {
  #policy: Policy;
  #paused = false;
  #closed = false;
  readonly #since: Offset;
  #offset: Offset;
  #time: LogTime;
  #admittedThrough: Offset = -1;
  #opening = new Opening();
  #lives = new Lives();
  #barred = new Set<UserId>();
  #rate: AdmissionRate;
  #recent = new RecentAdmissions();
  /** As in the scalars. */
  #redriven: readonly Offset[] = [];

  private constructor(policy: Policy, since: Offset, { offset, stamp }: LogPosition) {
    this.#policy = policy;
    this.#since = since;
    this.#offset = offset;
    this.#time = stamp;
    this.#rate = new AdmissionRate(0, stamp);
  }

  /** A queue begins with the event that configures it first; whatever was said to the concert before has no effect. */
  static begin(event: QueueConfigured, at: LogPosition): ConcertQueue {
    const queue = new ConcertQueue(event.policy, at.offset, at);
    queue.#configure(event);
    return queue;
  }

  static load({ offset, scalars, lives, barred }: QueueSnapshot): ConcertQueue {
    const queue = new ConcertQueue(scalars.policy, scalars.since, { offset, stamp: scalars.time });
    queue.#paused = scalars.paused;
    queue.#closed = scalars.closed;
    queue.#admittedThrough = scalars.admittedThrough;
    queue.#opening = new Opening(scalars.openedAt, scalars.draw);
    queue.#lives = Lives.from(lives);
    queue.#barred = new Set(barred);
    queue.#rate = new AdmissionRate(scalars.credit, scalars.creditAt);
    queue.#recent = new RecentAdmissions(scalars.recentAdmissions);
    queue.#redriven = scalars.redriven;
    return queue;
  }

  /** Folds one event. An offset at or below the last one folded has no effect. */
  apply(event: QueueEvent, at: LogPosition): Effect {
    if (at.offset <= this.#offset) return NOTHING;
    this.#offset = at.offset;
    this.#time = Math.max(this.#time, at.stamp);
    this.#openWhenDue();
    switch (event.type) {
      case 'QueueConfigured':
        return this.#configure(event);
      case 'QueuePaused':
        this.#paused = true;
        return NOTHING;
      case 'QueueResumed':
        this.#paused = this.#closed = false;
        return NOTHING;
      case 'QueueClosed':
        this.#closed = true;
        return NOTHING;
      case 'DrawHeld':
        return this.#hold(event.seed);
      case 'QueueEntryRequested':
        return at.redriveOf ? this.#redrive(event, at.redriveOf) : this.#request(event, at.offset);
      case 'QueueEntryLeft':
        return this.#end(this.#present(event.userId, event.tokenOffset), 'LEFT');
      case 'UserDisqualified':
        return this.#disqualify(event.userId);
      case 'UserReinstated':
        return this.#barred.delete(event.userId) ? [{ state: 'UNBARRED', userId: event.userId }] : NOTHING;
      case 'EntriesAdmitted':
        return this.#admit(event.through);
      case 'AdmissionClaimed':
        return this.#claim(this.#present(event.userId, event.tokenOffset));
      case 'AdmissionCompleted':
        return this.#complete(this.#present(event.userId, event.tokenOffset));
      case 'TimePassed':
        return this.#lapse(Math.min(event.through, this.#time));
    }
  }

  #configure(event: QueueConfigured): Effect {
    this.#rate.settle(this.#time, this.#policy.admissionsPerMinute);
    this.#policy = event.policy;
    this.#openWhenDue();
    this.#opening.commit(event);
    return NOTHING;
  }

  #openWhenDue(): void {
    if (this.#opening.reach(this.#time, this.#policy)) this.#rate.restart(this.#time);
  }

  /**
   * A request that was passed over as a dead letter comes again, to the place of its receipt. Once, and not for who is in the
   * queue, or was there after the receipt: that request would have changed nothing, or is long answered.
   */
  #redrive(request: QueueEntryRequested, receipt: NonNullable<LogPosition['redriveOf']>): Effect {
    if (receipt.offset >= this.#offset || this.#redriven.includes(receipt.offset)) return NOTHING;
    this.#redriven = [...this.#redriven, receipt.offset].sort((a, b) => a - b);
    const last = this.#lives.get(request.userId);
    const isAnswered = last && (isLive(last) || last.offset > receipt.offset || last.endedAt > receipt.stamp);
    return isAnswered || this.#lives.hold(receipt.offset) ? NOTHING : this.#request(request, receipt.offset);
  }

  /** @param offset the receipt */
  #request({ userId, entryId }: QueueEntryRequested, offset: Offset): Effect {
    const before = this.#lives.get(userId);
    // A repeat keeps the earlier place; a late copy of the last request revives nobody.
    if (before && (isLive(before) || before.entryId === entryId)) return NOTHING;
    const because = this.#rejection(userId);
    if (because) {
      return this.#put(before, {
        state: 'REJECTED',
        userId,
        entryId,
        offset,
        place: offset,
        because,
        endedAt: this.#time,
      });
    }
    const state = this.#opening.done ? 'WAITING' : 'REGISTERED';
    return this.#put(before, { state, userId, entryId, offset, place: offset });
  }

  #rejection(userId: UserId): Rejection | undefined {
    if (this.#barred.has(userId)) return 'DISQUALIFIED';
    if (this.#closed) return 'QUEUE_CLOSED';
    if (!this.#opening.done && !this.#opening.registers(this.#policy)) return 'QUEUE_NOT_OPEN';
    const queued = this.#lives.waiting.size + this.#lives.registered.size;
    return queued >= (this.#policy.maximumWaiting ?? Number.POSITIVE_INFINITY) ? 'QUEUE_FULL' : undefined;
  }

  #disqualify(userId: UserId): Effect {
    const loss = this.#end(this.#lives.get(userId), 'DISQUALIFIED');
    if (this.#barred.has(userId)) return loss;
    this.#barred.add(userId);
    return [...loss, { state: 'BARRED', userId }];
  }

  /** Calls from the front, in order, while there is room. Harmless however often, late or by whomever it is said. */
  #admit(through: Offset): Effect {
    const { capacity, claimWindowSeconds, admissionsPerMinute } = this.#policy;
    this.#rate.settle(this.#time, admissionsPerMinute);
    if (!this.calling) return NOTHING;
    const calledBefore = this.called;
    const room = Math.min(MOST_PER_EVENT, capacity - calledBefore);
    const claimBy = this.#time + claimWindowSeconds * 1000;
    const changes: Change[] = [];
    for (const life of this.#lives.waiting.values()) {
      if (changes.length >= room || life.place > through) break;
      changes.push(...this.#put(life, called(life, claimBy)));
      this.#admittedThrough = Math.max(this.#admittedThrough, life.place);
    }
    if (changes.length > 0) this.#recent.add(changes.length, this.#time, calledBefore);
    this.#rate.spend(changes.length);
    return changes;
  }

  /** Valid if READY at this position of the log: whoever claims before the `TimePassed` that would expire them is in time. */
  #claim(life: Life | undefined): readonly Change[] {
    if (life?.state !== 'READY') return NOTHING;
    return this.#put(life, claimed(life, this.#time + this.#policy.activeWindowSeconds * 1000));
  }

  #complete(life: Life | undefined): readonly Change[] {
    return life?.state === 'ACTIVE' ? this.#end(life, 'COMPLETED') : NOTHING;
  }

  /** Expires whose deadline, and forgets whose retention, was over at `through`. */
  #lapse(through: LogTime): Effect {
    const changes: Change[] = [];
    for (const life of this.#lives.lapsed(through, MOST_PER_EVENT)) changes.push(...this.#end(life, 'EXPIRED'));
    const kept = this.#policy.outcomeRetentionSeconds * 1000;
    for (const { userId } of this.#lives.endedBy(through - kept, MOST_PER_EVENT - changes.length)) {
      this.#lives.ended.delete(userId);
      changes.push({ state: 'FORGOTTEN', userId });
    }
    return changes;
  }

  #hold(seed: string): Effect {
    if (!this.#opening.reveal(seed)) return NOTHING;
    this.#lives.reorder(drawn(this.#lives.registered.values(), seed));
    return REORDERED;
  }

  /** The present life, unless the token was given to an earlier one. */
  #present(userId: UserId, tokenOffset: Offset): Life | undefined {
    const life = this.#lives.get(userId);
    return life && tokenOffset >= life.offset ? life : undefined;
  }

  #end(life: Life | undefined, state: Ending): readonly Change[] {
    return life && isLive(life) ? this.#put(life, ended(life, state, this.#time)) : NOTHING;
  }

  #put(before: Life | undefined, life: Life): readonly Change[] {
    this.#lives.replace(before, life);
    return [life];
  }

  /** Offset of the last folded event. */
  get offset(): Offset {
    return this.#offset;
  }
  /** Log time of the last folded event. */
  get time(): LogTime {
    return this.#time;
  }
  get policy(): Policy {
    return this.#policy;
  }
  /** READY and ACTIVE together: what `capacity` bounds. */
  get called(): number {
    return this.#lives.ready.size + this.#lives.active.size;
  }
  get waiting(): number {
    return this.#lives.waiting.size;
  }
  get opened(): boolean {
    return this.#opening.done;
  }
  get draw(): DrawState | null {
    return this.#opening.draw;
  }
  /** Opened, and the draw that was promised has not been held. */
  get drawDue(): boolean {
    return this.#opening.drawDue;
  }
  /** Whether admission may call anyone at all. */
  get calling(): boolean {
    return this.#opening.done && !this.#paused && !this.#closed && !this.#opening.drawDue;
  }
  get rate(): AdmissionRate {
    return this.#rate;
  }

  lifeOf(userId: UserId): Life | undefined {
    return this.#lives.get(userId);
  }
  /** Those who wait, front first. */
  front(): IterableIterator<Life> {
    return this.#lives.waiting.values();
  }
  /** The earliest time at which someone expires; Infinity when nobody is called. */
  nextExpiry(): LogTime {
    return this.#lives.firstDeadline();
  }
  /** The earliest time at which an outcome is forgotten; Infinity when none is kept. */
  nextForgetting(): LogTime {
    return this.#lives.firstEnd() + this.#policy.outcomeRetentionSeconds * 1000;
  }
  /** The earliest time at which someone expires or is forgotten; Infinity when there is none. */
  nextDeadline(): LogTime {
    return Math.min(this.nextExpiry(), this.nextForgetting());
  }

  scalars(): QueueScalars {
    return {
      policy: this.#policy,
      paused: this.#paused,
      closed: this.#closed,
      since: this.#since,
      openedAt: this.#opening.at,
      time: this.#time,
      admittedThrough: this.#admittedThrough,
      draw: this.#opening.draw,
      credit: this.#rate.credit,
      creditAt: this.#rate.at,
      recentAdmissions: this.#recent.save(),
      redriven: this.#redriven,
      counts: this.#lives.counts(this.#barred.size),
    };
  }

  /** All of it. `lives` and `barred` may be read on while the queue changes: what changed meanwhile, its change tells. */
  save(): QueueSnapshot {
    return { offset: this.#offset, scalars: this.scalars(), lives: this.#lives.all(), barred: this.#barred.values() };
  }
}
