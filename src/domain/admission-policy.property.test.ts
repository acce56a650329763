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

describe('in any state of a queue', () => {
  test('there is an event to append from exactly the predicted time', () => {
    fc.assert(
      fc.property(likelyHistory, fc.nat(200_000), (history, later) => {
        const queue = foldHistory(history);
        const predicted = nextAdmissionAt(queue);
        const times = [queue.time, queue.time + later, predicted - 1, predicted, predicted + 1];
        for (const now of times.filter((time) => time >= queue.time && time < Number.POSITIVE_INFINITY)) {
          expect(decideAdmission(queue, now, now) !== undefined).toBe(now >= predicted);
        }
      }),
      propertyRuns(400),
    );
  });

  test('an event has an changes, also when it is late, and the decisions end', () => {
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
          const changes = queue.apply(eventOf(decision), { offset: queue.offset + 1, timestamp: now + late });
          const changed = changes === FULL_REFRESH || changes.length > 0 || before.opened !== queue.opened;
          if (decision.type === 'DrawHeld' && queue.draw?.seed === null) return; // committed to another seed than this test's
          expect(changed).toBe(true);
        }
        expect(decided).toBeLessThanOrEqual(20);
      }),
      propertyRuns(300),
    );
  });
});

/** What a user does, with delays in seconds of log time; undefined: never. */
interface Fan {
  readonly requestsAt: number;
  readonly leavesAfter: number | undefined;
  readonly claimsAfter: number | undefined;
  readonly completesAfter: number | undefined;
}
/** A fault of one decision. */
type Fault = 'none' | 'late' | 'doubled' | 'lost';

const fan: fc.Arbitrary<Fan> = fc.record({
  requestsAt: fc.nat(60),
  leavesAfter: fc.option(fc.nat(90), { freq: 2, nil: undefined }),
  claimsAfter: fc.option(fc.nat(70), { freq: 4, nil: undefined }),
  completesAfter: fc.option(fc.nat(90), { freq: 4, nil: undefined }),
});
const operatorEvent = fc.record({
  at: fc.nat(120),
  event: fc.constantFrom(fixtures.paused, fixtures.closed, fixtures.resumed),
});
const scenario = fc.record({
  policy: likelyPolicy,
  draw: fc.boolean(),
  fans: fc.array(fan, { maxLength: 25, size: 'max' }),
  operatorEvents: fc.array(operatorEvent, { maxLength: 4 }),
  capacities: fc.array(fc.record({ at: fc.nat(120), capacity: fc.integer({ min: 1, max: 4 }) }), { maxLength: 2 }),
  faults: fc.array(fc.constantFrom<Fault>('none', 'none', 'late', 'doubled', 'lost'), { maxLength: 30, size: 'max' }),
  hold: fc.option(fc.record({ from: fc.nat(100), seconds: fc.integer({ min: 1, max: 60 }) }), { nil: undefined }),
});
type Scenario = typeof scenario extends fc.Arbitrary<infer T> ? T : never;

describe('for any users, policy and clock, with decisions that are late, doubled or lost', () => {
  const each = (check: (model: Model, parameters: Scenario) => void) =>
    fc.assert(
      fc.property(scenario, (parameters) => {
        const model = new Model(parameters);
        model.run();
        check(model, parameters);
      }),
      propertyRuns(200),
    );

  test('finally no entry waits and every slot is free', () => {
    each(({ queue }) => {
      expect(queue.attributes().counts).toMatchObject({ registered: 0, waiting: 0, ready: 0, active: 0 });
      expect(queue.opened).toBe(true);
    });
  });

  test('every accepted entry was called, unless it left', () => {
    each(({ accepted, left, calls }) => {
      const called = new Set(calls.map(({ userId }) => userId));
      expect([...accepted].filter((userId) => !called.has(userId) && !left.has(userId))).toEqual([]);
    });
  });

  test('the capacity is never exceeded, and entries are called once and in order', () => {
    each(({ calls, excesses }) => {
      expect(excesses).toEqual([]);
      expect(new Set(calls.map(({ userId }) => userId)).size).toBe(calls.length);
      const places = calls.map(({ place }) => place);
      expect(places).toEqual(places.toSorted((a, b) => a - b));
    });
  });

  test('over any time at most the rate plus the amount of one second is called', () => {
    each(({ calls }, { policy: { admissionsPerMinute } }) => {
      const burst = Math.max(1, admissionsPerMinute / 60);
      for (const [i, first] of calls.entries()) {
        for (const [j, last] of calls.entries()) {
          const allowed = burst + ((last.at - first.at) * admissionsPerMinute) / 60_000;
          if (j >= i && j - i + 1 > allowed) throw new Error(`${j - i + 1} called, ${allowed} allowed`);
        }
      }
    });
  });

  test('no entry expires after the visibility watermark', () => {
    each(({ expiries }) => {
      expect(expiries.filter(({ deadline, through }) => deadline > through)).toEqual([]);
    });
  });
});

/** A queue, its users, and an admission control that acts at `nextAdmissionAt`. */
class Model {
  readonly queue: ConcertQueue;
  readonly accepted = new Set<UserId>();
  readonly left = new Set<UserId>();
  readonly calls: { userId: UserId; place: Offset; at: LogTime }[] = [];
  readonly expiries: { deadline: LogTime; through: LogTime }[] = [];
  readonly excesses: number[] = [];
  readonly #plans: { at: LogTime; event: QueueEvent }[] = [];
  readonly #fans: readonly Fan[];
  readonly #faults: Fault[];
  readonly #hold: OutageHold | undefined;
  #now: LogTime = START;

  constructor({ policy, draw, fans, operatorEvents, capacities, faults, hold }: Scenario) {
    const first = draw
      ? fixtures.configuredWithDraw({ ...policy, beforeOpening: 'draw' })
      : fixtures.configured(policy);
    this.queue = ConcertQueue.begin(first, { offset: 0, timestamp: START });
    this.#fans = fans;
    this.#faults = [...faults];
    this.#hold = hold && { through: after(START, hold.from), until: after(START, hold.from + hold.seconds) };
    for (const [k, { requestsAt }] of fans.entries())
      this.#plan(after(START, requestsAt), fixtures.requestedBy(`fan ${k}`));
    for (const { at, event } of operatorEvents) this.#plan(after(START, at), event);
    for (const { at, capacity } of capacities) this.#plan(after(START, at), configure(policy, capacity));
    this.#plan(after(START, 121), fixtures.resumed);
  }

  /** Runs until neither users nor admission control have another action. */
  run(): void {
    for (let steps = 0; ; steps++) {
      if (steps > 20_000) throw new Error('the model does not end');
      const next = this.#plans.toSorted((a, b) => a.at - b.at)[0];
      const wake = Math.max(this.#now, nextAdmissionAt(this.queue, this.#hold));
      if (next && next.at <= wake) {
        this.#plans.splice(this.#plans.indexOf(next), 1);
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
    if (!decision) throw new Error(`nothing to decide at ${this.#now}`);
    const event = eventOf(decision);
    const fault = this.#faults.shift() ?? 'none';
    if (fault === 'late' || fault === 'doubled') this.#plan(this.#now + 2_500, event);
    if (fault === 'late' || fault === 'lost')
      this.#now += 2_000; // not acknowledged: decided again
    else this.#append(event);
  }

  #append(event: QueueEvent): void {
    const calledBefore = this.queue.called;
    const deadlines = new Map([...this.queue.save().entries].map((entry) => [entry.userId, deadlineIn(entry)]));
    const changes = this.queue.apply(event, { offset: this.queue.offset + 1, timestamp: this.#now });
    if (this.queue.called > Math.max(calledBefore, this.queue.policy.capacity)) this.excesses.push(this.queue.called);
    if (changes === FULL_REFRESH) return;
    for (const change of changes) {
      const { userId, state } = change;
      const { leavesAfter, claimsAfter, completesAfter } =
        this.#fans[Number(userId.slice(4))] ?? this.#fans[0] ?? PASSIVE;
      if (state === 'WAITING' || state === 'REGISTERED') {
        this.accepted.add(userId);
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
    this.#plans.push({ at, event });
  }
}

const PASSIVE: Fan = { requestsAt: 0, leavesAfter: undefined, claimsAfter: undefined, completesAfter: undefined };
const after = (time: LogTime, count: number): LogTime => time + fixtures.seconds(count);
const configure = (policy: Policy, capacity: number) => fixtures.configured({ ...policy, capacity });
const deadlineIn = (entry: object): LogTime => {
  if ('claimBy' in entry) return Number(entry.claimBy);
  return 'activeUntil' in entry ? Number(entry.activeUntil) : 0;
};
