import { Lives } from './entries.ts';
import { ended } from './entry-transitions.ts';
import type { Policy } from './events.generated.ts';
import { Opening } from './opening.ts';
import type { QueueScalars, QueueSnapshot } from './queue-snapshot.ts';
import { RecentAdmissions } from './recent-admissions.ts';
import { AdmissionRate } from './token-bucket.ts';
import type { Change, Ending, Life, LogPosition, LogTime, Offset, UserId } from './types.ts';
import { isLive } from './types.ts';

/** What an event without effect changes. */
export const NOTHING: readonly Change[] = [];

/**
 * All that a queue consists of, and the moves of which its rules are made. Rules alone change it (`requests.ts`,
 * `admission.ts`, `claims-and-lapse.ts`, `disqualification.ts`), and only while `ConcertQueue` applies an event.
 */
export class QueueState {
  policy: Policy;
  paused = false;
  closed = false;
  readonly since: Offset;
  /** Of the last folded event. */
  offset: Offset;
  time: LogTime;
  admittedThrough: Offset = -1;
  opening = new Opening();
  lives = new Lives();
  barred = new Set<UserId>();
  rate: AdmissionRate;
  recent = new RecentAdmissions();
  redriven: readonly Offset[] = [];

  constructor(policy: Policy, since: Offset, { offset, stamp }: LogPosition) {
    this.policy = policy;
    this.since = since;
    this.offset = offset;
    this.time = stamp;
    this.rate = new AdmissionRate(0, stamp);
  }

  static load({ offset, scalars, lives, barred }: QueueSnapshot): QueueState {
    const state = new QueueState(scalars.policy, scalars.since, { offset, stamp: scalars.time });
    state.paused = scalars.paused;
    state.closed = scalars.closed;
    state.admittedThrough = scalars.admittedThrough;
    state.opening = new Opening(scalars.openedAt, scalars.draw);
    state.lives = Lives.from(lives);
    state.barred = new Set(barred);
    state.rate = new AdmissionRate(scalars.credit, scalars.creditAt);
    state.recent = new RecentAdmissions(scalars.recentAdmissions);
    state.redriven = scalars.redriven;
    return state;
  }

  openWhenDue(): void {
    if (this.opening.reach(this.time, this.policy)) this.rate.restart(this.time);
  }

  /** READY and ACTIVE together: what `capacity` bounds. */
  get called(): number {
    return this.lives.ready.size + this.lives.active.size;
  }

  /** Whether admission may call anyone at all. */
  get calling(): boolean {
    return this.opening.done && !this.paused && !this.closed && !this.opening.drawDue;
  }

  /** The present life, unless the token was given to an earlier one. */
  present(userId: UserId, tokenOffset: Offset): Life | undefined {
    const life = this.lives.get(userId);
    return life && tokenOffset >= life.offset ? life : undefined;
  }

  /** Lets `life` take the place of the user's `before`, if there is one. */
  put(before: Life | undefined, life: Life): readonly Change[] {
    this.lives.replace(before, life);
    return [life];
  }

  /** Ends a life that is live; any other stays as it is. */
  end(life: Life | undefined, ending: Ending): readonly Change[] {
    return life && isLive(life) ? this.put(life, ended(life, ending, this.time)) : NOTHING;
  }

  scalars(): QueueScalars {
    return {
      policy: this.policy,
      paused: this.paused,
      closed: this.closed,
      since: this.since,
      openedAt: this.opening.at,
      time: this.time,
      admittedThrough: this.admittedThrough,
      draw: this.opening.draw,
      credit: this.rate.credit,
      creditAt: this.rate.at,
      recentAdmissions: this.recent.save(),
      redriven: this.redriven,
      counts: this.lives.counts(this.barred.size),
    };
  }

  /** All of it. `lives` and `barred` may be read on while the queue changes: what changed meanwhile, its change tells. */
  save(): QueueSnapshot {
    return { offset: this.offset, scalars: this.scalars(), lives: this.lives.all(), barred: this.barred.values() };
  }
}
