import { admit } from './admission.ts';
import { claim, complete } from './claim.ts';
import { disqualify, reinstate } from './disqualification.ts';
import { drawOrder } from './draw.ts';
import { request } from './enter.ts';
import type { Policy, QueueConfigured, QueueEvent } from './events.generated.ts';
import { expire } from './expiry.ts';
import type { DrawState, QueueAttributes, QueueCounts, QueueSnapshot } from './queue-snapshot.ts';
import { NO_CHANGES, QueueState } from './queue-state.ts';
import { redrive } from './redrive.ts';
import type { TokenBucket } from './token-bucket.ts';
import type { ChangeSet, Entry, LogPosition, LogTime, Offset, UserId } from './types.ts';
import { FULL_REFRESH } from './types.ts';

/**
 * The queue of one concert, folded from its events.
 *
 * Only `apply` changes it. The fold is deterministic: the same events at the same positions give the same state. It reads no
 * clock, because times come from the log, and no event makes it throw. The returned changes are absolute, so a view can store
 * them as they are.
 */
export class ConcertQueue {
  readonly #state: QueueState;

  private constructor(state: QueueState) {
    this.#state = state;
  }

  /** Creates a queue from its first configuration. Earlier events of the concert have no effect. */
  static begin(event: QueueConfigured, at: LogPosition): ConcertQueue {
    const queue = new ConcertQueue(new QueueState(event.policy, at.offset, at));
    queue.#configure(event);
    return queue;
  }

  /** Restores a queue from the snapshot that `save` returned. */
  static load(snapshot: QueueSnapshot): ConcertQueue {
    return new ConcertQueue(QueueState.load(snapshot));
  }

  /** Folds one event. An event at or before the last folded offset has no effect. */
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
      case 'NoticePosted':
        state.notice = { offset: at.offset, postedAt: state.time, texts: event.texts };
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
    state.opening.configure(event, state);
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
  /** Number of entries READY or ACTIVE. The policy's `capacity` limits it. */
  get called(): number {
    return this.#state.called;
  }
  get waiting(): number {
    return this.#state.entries.waiting.size;
  }
  get counts(): QueueCounts {
    return this.#state.entries.counts(this.#state.disqualified.size);
  }
  get opened(): boolean {
    return this.#state.opening.isOpen;
  }
  get draw(): DrawState | null {
    return this.#state.opening.draw;
  }
  /** The queue is open and its draw has not been held. */
  get drawDue(): boolean {
    return this.#state.opening.drawDue;
  }
  /** Whether `EntriesAdmitted` can call entries now. */
  get canCall(): boolean {
    return this.#state.canCall;
  }
  get tokenBucket(): Pick<TokenBucket, 'tokens' | 'at'> {
    return this.#state.tokenBucket;
  }

  entryOf(userId: UserId): Entry | undefined {
    return this.#state.entries.get(userId);
  }
  /** Waiting entries in order. */
  waitingEntries(): IterableIterator<Entry> {
    return this.#state.entries.waiting.inOrder();
  }
  /** The earliest deadline of an entry READY or ACTIVE; Infinity if there is none. */
  nextExpiry(): LogTime {
    return this.#state.entries.nextDeadline();
  }
  /** The earliest time at which an outcome can be purged; Infinity if there is none. */
  nextPurge(): LogTime {
    return this.#state.entries.oldestEnd() + this.policy.outcomeRetentionSeconds * 1000;
  }
  /** The earliest expiry or purge; Infinity if there is none. */
  nextDeadline(): LogTime {
    return Math.min(this.nextExpiry(), this.nextPurge());
  }

  attributes(): QueueAttributes {
    return this.#state.attributes();
  }

  /** The full state. `entries` and `disqualified` may be iterated while the queue changes; later changes are also returned by `apply`. */
  save(): QueueSnapshot {
    return this.#state.save();
  }
}
