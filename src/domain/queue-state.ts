import { EntryIndex } from './entries.ts';
import { ended } from './entry-transitions.ts';
import type { Policy } from './events.generated.ts';
import { Opening } from './opening.ts';
import type { QueueAttributes, QueueSnapshot } from './queue-snapshot.ts';
import { RecentAdmissions } from './recent-admissions.ts';
import { TokenBucket } from './token-bucket.ts';
import type { Entry, EntryChange, LogPosition, LogTime, Offset, TerminalState, UserId } from './types.ts';
import { isLive } from './types.ts';

/** What an event without effect changes. */
export const NO_CHANGES: readonly EntryChange[] = [];

/**
 * All that a queue consists of, and the moves of which its rules are made. Rules alone change it (`requests.ts`,
 * `admission.ts`, `claims-and-lapse.ts`, `disqualification.ts`), and only while `ConcertQueue` applies an event.
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
  redriven: readonly Offset[] = [];

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
    state.opening = new Opening(attributes.openedAt, attributes.draw);
    state.entries = EntryIndex.from(entries);
    state.disqualified = new Set(disqualified);
    state.tokenBucket = new TokenBucket(attributes.tokens, attributes.tokensAt);
    state.recent = new RecentAdmissions(attributes.recentAdmissions);
    state.redriven = attributes.redriven;
    return state;
  }

  openWhenDue(): void {
    if (this.opening.openAt(this.time, this.policy)) this.tokenBucket.reset(this.time);
  }

  /** READY and ACTIVE together: what `capacity` bounds. */
  get called(): number {
    return this.entries.ready.size + this.entries.active.size;
  }

  /** Whether admission may call anyone at all. */
  get canCall(): boolean {
    return this.opening.isOpen && !this.paused && !this.closed && !this.opening.drawDue;
  }

  /** The present life, unless the token was given to an earlier one. */
  currentEntry(userId: UserId, tokenOffset: Offset): Entry | undefined {
    const entry = this.entries.get(userId);
    return entry && tokenOffset >= entry.offset ? entry : undefined;
  }

  /** Lets `life` take the place of the user's `before`, if there is one. */
  replace(before: Entry | undefined, entry: Entry): readonly EntryChange[] {
    this.entries.replace(before, entry);
    return [entry];
  }

  /** Ends a life that is live; any other stays as it is. */
  end(entry: Entry | undefined, ending: TerminalState): readonly EntryChange[] {
    return entry && isLive(entry) ? this.replace(entry, ended(entry, ending, this.time)) : NO_CHANGES;
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
      redriven: this.redriven,
      counts: this.entries.counts(this.disqualified.size),
    };
  }

  /** All of it. `lives` and `barred` may be read on while the queue changes: what changed meanwhile, its change tells. */
  save(): QueueSnapshot {
    return {
      offset: this.offset,
      attributes: this.attributes(),
      entries: this.entries.all(),
      disqualified: this.disqualified.values(),
    };
  }
}
