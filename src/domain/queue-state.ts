import { EntryIndex } from './entries.ts';
import { ended } from './entry-transitions.ts';
import type { Policy } from './events.generated.ts';
import type { Notice } from './notice.ts';
import { Opening } from './opening.ts';
import type { QueueAttributes, QueueSnapshot } from './queue-snapshot.ts';
import { RecentAdmissions } from './recent-admissions.ts';
import { TokenBucket } from './token-bucket.ts';
import type { Entry, EntryChange, LogPosition, LogTime, Offset, TerminalState, UserId } from './types.ts';
import { isLive } from './types.ts';

export const NO_CHANGES: readonly EntryChange[] = [];

/**
 * The mutable state of a queue. Only the rules change it (`enter.ts`, `admission.ts`, `claim.ts`, `expiry.ts`,
 * `disqualification.ts`), while `ConcertQueue` applies an event.
 */
export class QueueState {
  policy: Policy;
  paused = false;
  closed = false;
  readonly configuredAt: Offset;
  /** Of the last folded event. */
  offset: Offset;
  time: LogTime;
  admittedThrough: Offset = -1;
  opening = new Opening();
  entries = new EntryIndex();
  disqualified = new Set<UserId>();
  tokenBucket: TokenBucket;
  recent = new RecentAdmissions();
  /** Outcomes that ended at or before this log time may have been purged. */
  purgedThrough: LogTime = 0;
  notice: Notice | undefined;

  constructor(policy: Policy, configuredAt: Offset, { offset, timestamp }: LogPosition) {
    this.policy = policy;
    this.configuredAt = configuredAt;
    this.offset = offset;
    this.time = timestamp;
    this.tokenBucket = new TokenBucket(0, timestamp);
  }

  static load({ offset, attributes, entries, disqualified }: QueueSnapshot): QueueState {
    const state = new QueueState(attributes.policy, attributes.configuredAt, { offset, timestamp: attributes.time });
    state.paused = attributes.paused;
    state.closed = attributes.closed;
    state.admittedThrough = attributes.admittedThrough;
    state.opening = new Opening(attributes.openedAt, attributes.draw, attributes.openingRules);
    state.entries = EntryIndex.from(entries);
    state.disqualified = new Set(disqualified);
    state.tokenBucket = new TokenBucket(attributes.tokens, attributes.tokensAt);
    state.recent = new RecentAdmissions(attributes.recentAdmissions);
    state.purgedThrough = attributes.purgedThrough;
    state.notice = attributes.notice;
    return state;
  }

  openWhenDue(): void {
    if (this.opening.openAt(this, this.policy)) this.tokenBucket.reset(this.time);
  }

  /** Number of entries READY or ACTIVE. The policy's `capacity` limits it. */
  get called(): number {
    return this.entries.ready.size + this.entries.active.size;
  }

  get queued(): number {
    return this.entries.waiting.size + this.entries.registered.size;
  }

  /** Whether `EntriesAdmitted` can call entries now. */
  get canCall(): boolean {
    return this.opening.isOpen && !this.paused && !this.closed && !this.opening.drawDue;
  }

  /** The user's entry; undefined if the token belongs to an earlier one. */
  currentEntry(userId: UserId, tokenOffset: Offset): Entry | undefined {
    const entry = this.entries.get(userId);
    return entry && tokenOffset >= entry.offset ? entry : undefined;
  }

  /** Replaces the user's previous entry, if any. */
  replace(before: Entry | undefined, entry: Entry): readonly EntryChange[] {
    this.entries.replace(before, entry);
    return [entry];
  }

  /** Ends a live entry. Any other entry stays as it is. */
  end(entry: Entry | undefined, state: TerminalState): readonly EntryChange[] {
    return entry && isLive(entry) ? this.replace(entry, ended(entry, state, this.time)) : NO_CHANGES;
  }

  attributes(): QueueAttributes {
    return {
      policy: this.policy,
      paused: this.paused,
      closed: this.closed,
      configuredAt: this.configuredAt,
      openedAt: this.opening.at,
      time: this.time,
      admittedThrough: this.admittedThrough,
      draw: this.opening.draw,
      tokens: this.tokenBucket.tokens,
      tokensAt: this.tokenBucket.at,
      recentAdmissions: this.recent.save(),
      openingRules: this.opening.rules,
      purgedThrough: this.purgedThrough,
      counts: this.entries.counts(this.disqualified.size),
      ...(this.notice && { notice: this.notice }),
    };
  }

  /** See `ConcertQueue.save`. */
  save(): QueueSnapshot {
    return {
      offset: this.offset,
      attributes: this.attributes(),
      entries: this.entries.all(),
      disqualified: this.disqualified.values(),
    };
  }
}
