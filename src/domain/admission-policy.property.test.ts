import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { type AdmissionDecision, decideAdmission, nextAdmissionAt, type OutageHold } from './admission-policy.ts';
import { foldHistory, likelyHistory, likelyPolicy, propertyRuns } from './concert-queue.arbitraries.ts';
import * as fixtures from './concert-queue.fixtures.ts';
import { ConcertQueue } from './concert-queue.ts';
import type { Policy, QueueEvent } from './events.generated.ts';
import { FULL_REFRESH, type LogTime, type Offset, type UserId } from './types.ts';

const START = 1_700_000_000_000;

const eventOf = (decision: AdmissionDecision): QueueEvent => {
  if (decision.type === 'DrawHeld') return fixtures.drawHeld();
  if (decision.type === 'EntriesAdmitted') return fixtures.admittedUpTo(decision.through);
  return { ...fixtures.timePassed(0), type: 'TimePassed', through: decision.through };
};

describe('in whatever state a queue is', () => {
  test('there is something to decide from exactly the time that was foretold', () => {
    fc.assert(
      fc.property(likelyHistory, fc.nat(200_000), (history, later) => {
        const queue = foldHistory(history);
        const foretold = nextAdmissionAt(queue);
        const times = [queue.time, queue.time + later, foretold - 1, foretold, foretold + 1];
        for (const now of times.filter((time) => time >= queue.time && time < Number.POSITIVE_INFINITY)) {
          expect(decideAdmission(queue, now, now) !== undefined).toBe(now >= foretold);
        }
      }),
      propertyRuns(400),
    );
  });

  test('what was decided has an effect, at once or late, and then is not decided again for ever', () => {
    fc.assert(
      fc.property(likelyHistory, fc.nat(200_000), fc.nat(5_000), (history, later, late) => {
        const queue = foldHistory(history);
        const now = queue.time + later;
        let decided = 0;
        for (;;) {
          const decision = decideAdmission(queue, now, now);
          if (!decision || decided > 20) break;
          decided += 1;
          const before = { drawDue: queue.drawDue, opened: queue.opened };
          const effect = queue.apply(eventOf(decision), { offset: queue.offset + 1, timestamp: now + late });
          const changed = effect === FULL_REFRESH || effect.length > 0 || before.opened !== queue.opened;
          if (decision.type === 'DrawHeld' && queue.draw?.seed === null) return; // committed to another seed than this test's
          expect(changed).toBe(true);
        }
        expect(decided).toBeLessThanOrEqual(20);
      }),
      propertyRuns(300),
    );
  });
});

/** What a user of the model will do, each after so many seconds of log time; undefined: never. */
interface Fan {
  readonly asksAt: number;
  readonly leavesAfter: number | undefined;
  readonly claimsAfter: number | undefined;
  readonly completesAfter: number | undefined;
}
/** How the admission of the model misbehaves at one of its turns. */
type Mishap = 'none' | 'late' | 'doubled' | 'lost';

const fan: fc.Arbitrary<Fan> = fc.record({
  asksAt: fc.nat(60),
  leavesAfter: fc.option(fc.nat(90), { freq: 2, nil: undefined }),
  claimsAfter: fc.option(fc.nat(70), { freq: 4, nil: undefined }),
  completesAfter: fc.option(fc.nat(90), { freq: 4, nil: undefined }),
});
const steering = fc.record({
  at: fc.nat(120),
  event: fc.constantFrom(fixtures.paused, fixtures.closed, fixtures.resumed),
});
const crowd = fc.record({
  policy: likelyPolicy,
  draw: fc.boolean(),
  fans: fc.array(fan, { maxLength: 25, size: 'max' }),
  steering: fc.array(steering, { maxLength: 4 }),
  capacities: fc.array(fc.record({ at: fc.nat(120), capacity: fc.integer({ min: 1, max: 4 }) }), { maxLength: 2 }),
  mishaps: fc.array(fc.constantFrom<Mishap>('none', 'none', 'late', 'doubled', 'lost'), { maxLength: 30, size: 'max' }),
  hold: fc.option(fc.record({ from: fc.nat(100), seconds: fc.integer({ min: 1, max: 60 }) }), { nil: undefined }),
});
type Crowd = typeof crowd extends fc.Arbitrary<infer T> ? T : never;

describe('with any crowd, policy and clock, and an admission whose decisions come late, twice or never', () => {
  const each = (check: (model: Model, said: Crowd) => void) =>
    fc.assert(
      fc.property(crowd, (said) => {
        const model = new Model(said);
        model.run();
        check(model, said);
      }),
      propertyRuns(200),
    );

  test('it comes to an end at which nobody waits and every slot is free', () => {
    each(({ queue }) => {
      expect(queue.attributes().counts).toMatchObject({ registered: 0, waiting: 0, ready: 0, active: 0 });
      expect(queue.opened).toBe(true);
    });
  });

  test('whoever was taken, and neither left nor was there too late, was called', () => {
    each(({ taken, left, calls }) => {
      const called = new Set(calls.map(({ userId }) => userId));
      expect([...taken].filter((userId) => !called.has(userId) && !left.has(userId))).toEqual([]);
    });
  });

  test('the capacity is never exceeded, and nobody is called twice or past someone who waits', () => {
    each(({ calls, excesses }) => {
      expect(excesses).toEqual([]);
      expect(new Set(calls.map(({ userId }) => userId)).size).toBe(calls.length);
      const places = calls.map(({ place }) => place);
      expect(places).toEqual(places.toSorted((a, b) => a - b));
    });
  });

  test('over any time no more are called than the rate allows, and a second’s worth', () => {
    each(({ calls }, { policy: { admissionsPerMinute } }) => {
      const burst = Math.max(1, admissionsPerMinute / 60);
      for (const [i, first] of calls.entries()) {
        for (const [j, last] of calls.entries()) {
          const allowed = burst + ((last.at - first.at) * admissionsPerMinute) / 60_000;
          if (j >= i && j - i + 1 > allowed) throw new Error(`${j - i + 1} called where ${allowed} are allowed`);
        }
      }
    });
  });

  test('nobody expires for time that was not vouched for', () => {
    each(({ expiries }) => {
      expect(expiries.filter(({ deadline, through }) => deadline > through)).toEqual([]);
    });
  });
});

/** A queue, its users and its admission, which sleeps until `nextAdmissionAt` where nothing else happens. */
class Model {
  readonly queue: ConcertQueue;
  readonly taken = new Set<UserId>();
  readonly left = new Set<UserId>();
  readonly calls: { userId: UserId; place: Offset; at: LogTime }[] = [];
  readonly expiries: { deadline: LogTime; through: LogTime }[] = [];
  readonly excesses: number[] = [];
  readonly #agenda: { at: LogTime; event: QueueEvent }[] = [];
  readonly #fans: readonly Fan[];
  readonly #mishaps: Mishap[];
  readonly #hold: OutageHold | undefined;
  #now: LogTime = START;

  constructor({ policy, draw, fans, steering: steers, capacities, mishaps, hold }: Crowd) {
    const first = draw
      ? fixtures.configuredWithDraw({ ...policy, beforeOpening: 'draw' })
      : fixtures.configured(policy);
    this.queue = ConcertQueue.begin(first, { offset: 0, timestamp: START });
    this.#fans = fans;
    this.#mishaps = [...mishaps];
    this.#hold = hold && { through: after(START, hold.from), until: after(START, hold.from + hold.seconds) };
    for (const [k, { asksAt }] of fans.entries()) this.#plan(after(START, asksAt), fixtures.requestedBy(`fan ${k}`));
    for (const { at, event } of steers) this.#plan(after(START, at), event);
    for (const { at, capacity } of capacities) this.#plan(after(START, at), configure(policy, capacity));
    this.#plan(after(START, 121), fixtures.resumed);
  }

  /** Until neither users nor admission have anything more to do. */
  run(): void {
    for (let turns = 0; ; turns++) {
      if (turns > 20_000) throw new Error('it never ends');
      const next = this.#agenda.toSorted((a, b) => a.at - b.at)[0];
      const wake = Math.max(this.#now, nextAdmissionAt(this.queue, this.#hold));
      if (next && next.at <= wake) {
        this.#agenda.splice(this.#agenda.indexOf(next), 1);
        this.#now = Math.max(this.#now, next.at);
        this.#append(next.event);
      } else if (wake < Number.POSITIVE_INFINITY) {
        this.#now = wake;
        this.#admit();
      } else return;
    }
  }

  #admit(): void {
    const held = this.#hold && this.#now < this.#hold.until;
    const through = held ? Math.min(this.#now, this.#hold?.through ?? this.#now) : this.#now;
    const decision = decideAdmission(this.queue, this.#now, through);
    if (!decision) throw new Error(`woken at ${this.#now} for nothing`);
    const event = eventOf(decision);
    const mishap = this.#mishaps.shift() ?? 'none';
    if (mishap === 'late' || mishap === 'doubled') this.#plan(this.#now + 2_500, event);
    if (mishap === 'late' || mishap === 'lost')
      this.#now += 2_000; // nothing was heard of it: decided again
    else this.#append(event);
  }

  #append(event: QueueEvent): void {
    const calledBefore = this.queue.called;
    const deadlines = new Map([...this.queue.save().entries].map((entry) => [entry.userId, deadlineIn(entry)]));
    const effect = this.queue.apply(event, { offset: this.queue.offset + 1, timestamp: this.#now });
    if (this.queue.called > Math.max(calledBefore, this.queue.policy.capacity)) this.excesses.push(this.queue.called);
    if (effect === FULL_REFRESH) return;
    for (const change of effect) {
      const { userId, state } = change;
      const { leavesAfter, claimsAfter, completesAfter } =
        this.#fans[Number(userId.slice(4))] ?? this.#fans[0] ?? nobody;
      if (state === 'WAITING' || state === 'REGISTERED') {
        this.taken.add(userId);
        this.#after(leavesAfter, fixtures.leftBy(userId, 9_999));
      } else if (state === 'READY') {
        this.calls.push({ userId, place: change.place, at: this.queue.time });
        this.#after(claimsAfter, fixtures.claimedBy(userId, 9_999));
      } else if (state === 'ACTIVE') this.#after(completesAfter, fixtures.completedBy(userId, 9_999));
      else if (state === 'LEFT') this.left.add(userId);
      else if (state === 'EXPIRED' && event.type === 'TimePassed') {
        this.expiries.push({ deadline: deadlines.get(userId) ?? 0, through: event.through });
      }
    }
  }

  #after(delay: number | undefined, event: QueueEvent): void {
    if (delay !== undefined) this.#plan(after(this.#now, delay), event);
  }
  #plan(at: LogTime, event: QueueEvent): void {
    this.#agenda.push({ at, event });
  }
}

const nobody: Fan = { asksAt: 0, leavesAfter: undefined, claimsAfter: undefined, completesAfter: undefined };
const after = (time: LogTime, count: number): LogTime => time + fixtures.seconds(count);
const configure = (policy: Policy, capacity: number) => fixtures.configured({ ...policy, capacity });
const deadlineIn = (entry: object): LogTime => {
  if ('claimBy' in entry) return Number(entry.claimBy);
  return 'activeUntil' in entry ? Number(entry.activeUntil) : 0;
};
