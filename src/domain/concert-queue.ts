import { admit } from './admission.ts';
import { claim, complete, expire } from './claim-and-expiry.ts';
import { disqualify, reinstate } from './disqualification.ts';
import { drawOrder } from './draw.ts';
import { redrive, request } from './enter.ts';
import type { Policy, QueueConfigured, QueueEvent } from './events.generated.ts';
import type { DrawState, QueueAttributes, QueueCounts, QueueSnapshot } from './queue-snapshot.ts';
import { NO_CHANGES, QueueState } from './queue-state.ts';
import type { TokenBucket } from './token-bucket.ts';
import type { ChangeSet, Entry, LogPosition, LogTime, Offset, UserId } from './types.ts';
import { FULL_REFRESH } from './types.ts';

/**
 * The queue of one concert: the fold of its events, and nothing else.
 *
 * `apply` is the only way in. It is deterministic: same events at same positions, same state. It reads no clock (times come
 * from the log), throws on no event, and returns what it changed in absolute terms, so that a view can put it as it is.
 */
export class ConcertQueue {
  readonly #state: QueueState;

  private constructor(state: QueueState) {
    this.#state = state;
  }

  /** A queue begins with the event that configures it first; whatever was said to the concert before has no effect. */
  static begin(event: QueueConfigured, at: LogPosition): ConcertQueue {
    const queue = new ConcertQueue(new QueueState(event.policy, at.offset, at));
    queue.#configure(event);
    return queue;
  }

  /** The queue as it was when `save` gave this. */
  static load(snapshot: QueueSnapshot): ConcertQueue {
    return new ConcertQueue(QueueState.load(snapshot));
  }

  /** Folds one event. An offset at or below the last one folded has no effect. */
  apply(event: QueueEvent, at: LogPosition): ChangeSet {
    const state = this.#state;
    if (at.offset <= state.offset) return NO_CHANGES;
    state.offset = at.offset;
    state.time = Math.max(state.time, at.timestamp);
    state.openWhenDue();
    switch (event.type) {
      case 'QueueConfigured':
        return this.#configure(event);
      case 'QueuePaused':
        state.paused = true;
        return NO_CHANGES;
      case 'QueueResumed':
        state.paused = state.closed = false;
        return NO_CHANGES;
      case 'QueueClosed':
        state.closed = true;
        return NO_CHANGES;
      case 'DrawHeld':
        return this.#applyDraw(event.seed);
      case 'QueueEntryRequested':
        return at.redriveOf ? redrive(state, event, at.redriveOf) : request(state, event, at.offset);
      case 'QueueEntryLeft':
        return state.end(state.currentEntry(event.userId, event.tokenOffset), 'LEFT');
      case 'UserDisqualified':
        return disqualify(state, event.userId);
      case 'UserReinstated':
        return reinstate(state, event.userId);
      case 'EntriesAdmitted':
        return admit(state, event.through);
      case 'AdmissionClaimed':
        return claim(state, state.currentEntry(event.userId, event.tokenOffset));
      case 'AdmissionCompleted':
        return complete(state, state.currentEntry(event.userId, event.tokenOffset));
      case 'TimePassed':
        return expire(state, Math.min(event.through, state.time));
    }
  }

  #configure(event: QueueConfigured): ChangeSet {
    const state = this.#state;
    state.tokenBucket.refill(state.time, state.policy.admissionsPerMinute);
    state.policy = event.policy;
    state.openWhenDue();
    state.opening.commit(event);
    return NO_CHANGES;
  }

  #applyDraw(seed: string): ChangeSet {
    const { opening, entries } = this.#state;
    if (!opening.revealSeed(seed)) return NO_CHANGES;
    entries.applyDrawOrder(drawOrder(entries.registered.values(), seed));
    return FULL_REFRESH;
  }

  /** Offset of the last folded event. */
  get offset(): Offset {
    return this.#state.offset;
  }
  /** Log time of the last folded event. */
  get time(): LogTime {
    return this.#state.time;
  }
  get policy(): Policy {
    return this.#state.policy;
  }
  /** READY and ACTIVE together: what `capacity` bounds. */
  get called(): number {
    return this.#state.called;
  }
  get waiting(): number {
    return this.#state.entries.waiting.size;
  }
  /** How many there are of each kind. */
  get counts(): QueueCounts {
    return this.#state.entries.counts(this.#state.disqualified.size);
  }
  get opened(): boolean {
    return this.#state.opening.isOpen;
  }
  get draw(): DrawState | null {
    return this.#state.opening.draw;
  }
  /** Opened, and the draw that was promised has not been held. */
  get drawDue(): boolean {
    return this.#state.opening.drawDue;
  }
  /** Whether admission may call anyone at all. */
  get canCall(): boolean {
    return this.#state.canCall;
  }
  get tokenBucket(): Pick<TokenBucket, 'tokens' | 'at'> {
    return this.#state.tokenBucket;
  }

  entryOf(userId: UserId): Entry | undefined {
    return this.#state.entries.get(userId);
  }
  /** Those who wait, front first. */
  waitingEntries(): IterableIterator<Entry> {
    return this.#state.entries.waiting.values();
  }
  /** The earliest time at which someone expires; Infinity when nobody is called. */
  nextExpiry(): LogTime {
    return this.#state.entries.nextDeadline();
  }
  /** The earliest time at which an outcome is forgotten; Infinity when none is kept. */
  nextPurge(): LogTime {
    return this.#state.entries.oldestEnd() + this.policy.outcomeRetentionSeconds * 1000;
  }
  /** The earliest time at which someone expires or is forgotten; Infinity when there is none. */
  nextDeadline(): LogTime {
    return Math.min(this.nextExpiry(), this.nextPurge());
  }

  attributes(): QueueAttributes {
    return this.#state.attributes();
  }

  /** All of it. `lives` and `barred` may be read on while the queue changes: what changed meanwhile, its change tells. */
  save(): QueueSnapshot {
    return this.#state.save();
  }
}
