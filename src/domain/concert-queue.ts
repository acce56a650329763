import { admit } from './admission.ts';
import { claim, complete, lapse } from './claim-and-expiry.ts';
import { disqualify, reinstate } from './disqualification.ts';
import { drawn } from './draw.ts';
import { redrive, request } from './enter.ts';
import type { Policy, QueueConfigured, QueueEvent } from './events.generated.ts';
import type { DrawState, QueueCounts, QueueScalars, QueueSnapshot } from './queue-snapshot.ts';
import { NOTHING, QueueState } from './queue-state.ts';
import type { AdmissionRate } from './token-bucket.ts';
import type { Effect, Life, LogPosition, LogTime, Offset, UserId } from './types.ts';
import { REORDERED } from './types.ts';

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
  apply(event: QueueEvent, at: LogPosition): Effect {
    const state = this.#state;
    if (at.offset <= state.offset) return NOTHING;
    state.offset = at.offset;
    state.time = Math.max(state.time, at.stamp);
    state.openWhenDue();
    switch (event.type) {
      case 'QueueConfigured':
        return this.#configure(event);
      case 'QueuePaused':
        state.paused = true;
        return NOTHING;
      case 'QueueResumed':
        state.paused = state.closed = false;
        return NOTHING;
      case 'QueueClosed':
        state.closed = true;
        return NOTHING;
      case 'DrawHeld':
        return this.#hold(event.seed);
      case 'QueueEntryRequested':
        return at.redriveOf ? redrive(state, event, at.redriveOf) : request(state, event, at.offset);
      case 'QueueEntryLeft':
        return state.end(state.present(event.userId, event.tokenOffset), 'LEFT');
      case 'UserDisqualified':
        return disqualify(state, event.userId);
      case 'UserReinstated':
        return reinstate(state, event.userId);
      case 'EntriesAdmitted':
        return admit(state, event.through);
      case 'AdmissionClaimed':
        return claim(state, state.present(event.userId, event.tokenOffset));
      case 'AdmissionCompleted':
        return complete(state, state.present(event.userId, event.tokenOffset));
      case 'TimePassed':
        return lapse(state, Math.min(event.through, state.time));
    }
  }

  #configure(event: QueueConfigured): Effect {
    const state = this.#state;
    state.rate.settle(state.time, state.policy.admissionsPerMinute);
    state.policy = event.policy;
    state.openWhenDue();
    state.opening.commit(event);
    return NOTHING;
  }

  #hold(seed: string): Effect {
    const { opening, lives } = this.#state;
    if (!opening.reveal(seed)) return NOTHING;
    lives.reorder(drawn(lives.registered.values(), seed));
    return REORDERED;
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
    return this.#state.lives.waiting.size;
  }
  /** How many there are of each kind. */
  get counts(): QueueCounts {
    return this.#state.lives.counts(this.#state.barred.size);
  }
  get opened(): boolean {
    return this.#state.opening.done;
  }
  get draw(): DrawState | null {
    return this.#state.opening.draw;
  }
  /** Opened, and the draw that was promised has not been held. */
  get drawDue(): boolean {
    return this.#state.opening.drawDue;
  }
  /** Whether admission may call anyone at all. */
  get calling(): boolean {
    return this.#state.calling;
  }
  get rate(): Pick<AdmissionRate, 'credit' | 'at'> {
    return this.#state.rate;
  }

  lifeOf(userId: UserId): Life | undefined {
    return this.#state.lives.get(userId);
  }
  /** Those who wait, front first. */
  front(): IterableIterator<Life> {
    return this.#state.lives.waiting.values();
  }
  /** The earliest time at which someone expires; Infinity when nobody is called. */
  nextExpiry(): LogTime {
    return this.#state.lives.firstDeadline();
  }
  /** The earliest time at which an outcome is forgotten; Infinity when none is kept. */
  nextForgetting(): LogTime {
    return this.#state.lives.firstEnd() + this.policy.outcomeRetentionSeconds * 1000;
  }
  /** The earliest time at which someone expires or is forgotten; Infinity when there is none. */
  nextDeadline(): LogTime {
    return Math.min(this.nextExpiry(), this.nextForgetting());
  }

  scalars(): QueueScalars {
    return this.#state.scalars();
  }

  /** All of it. `lives` and `barred` may be read on while the queue changes: what changed meanwhile, its change tells. */
  save(): QueueSnapshot {
    return this.#state.save();
  }
}
