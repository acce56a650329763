import { describe, expect, test } from '@jest/globals';
import { decideAdmission } from '../../domain/admission-policy.ts';
import { configured, requestedBy } from '../../domain/concert-queue.fixtures.ts';
import { ConcertQueue } from '../../domain/concert-queue.ts';
import type { Policy, QueueEvent } from '../../domain/events.generated.ts';
import { FULL_REFRESH } from '../../domain/types.ts';
import type { EntryTimelines } from './entry-timelines.ts';
import { RecordedRun } from './recorded-run.ts';
import { Simulation } from './simulation.ts';
import { waitingTimes } from './waiting-times.ts';

const POLICY = { capacity: 5, admissionsPerMinute: 6_000, claimWindowSeconds: 5, activeWindowSeconds: 20 };
const TICK_MS = 20;
const about = { concertId: 'spring-tour', occurredAt: 0 };

/** Numbers from 0 to 1, the same every time. */
function dice(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/**
 * A run as a log might record it: people come ten a second, some never claim and some never complete, and admission control
 * decides every 100 ms and is 5 to 65 ms late.
 */
function recorded(people: number, policy: Partial<Policy> = POLICY): RecordedRun {
  const random = dice(7);
  const run = new RecordedRun();
  const begin = configured(policy);
  const queue = ConcertQueue.begin(begin, { offset: 0, timestamp: 0 });
  run.note({ event: begin, at: { offset: 0, timestamp: 0 }, effect: [], queue });
  let offset = 0;
  const planned: { readonly at: number; readonly event: QueueEvent }[] = Array.from({ length: people }, (_, n) => ({
    at: 100 * n,
    event: requestedBy(`fan-${n}`),
  }));
  const say = (event: QueueEvent, timestamp: number): void => {
    offset += 1 + Math.floor(random() * 3); // other concerts' records lie between
    const at = { offset, timestamp };
    const effect = queue.apply(event, at);
    run.note({ event, at, effect, queue });
    if (effect === FULL_REFRESH) return;
    for (const entry of effect) {
      if (entry.state !== 'READY' || random() < 0.2) continue;
      const who = { ...about, userId: entry.userId, tokenOffset: entry.offset };
      const claimAt = timestamp + 200 + random() * 3_000;
      planned.push({ at: Math.round(claimAt), event: { type: 'AdmissionClaimed', ...who } });
      if (random() < 0.2) continue;
      planned.push({ at: Math.round(claimAt + random() * 9_000), event: { type: 'AdmissionCompleted', ...who } });
    }
  };
  let decidesAt = 100;
  for (let now = 0; now < people * 10_000; now += TICK_MS) {
    planned.sort((a, b) => a.at - b.at);
    while (planned[0] && planned[0].at <= now) say(planned.shift()?.event ?? begin, now);
    if (planned.length === 0 && queue.called + queue.waiting === 0) break;
    if (now < decidesAt) continue;
    const decision = decideAdmission(queue, now, now - 300);
    if (decision && decision.type !== 'DrawHeld') say({ ...decision, ...about }, now + 5 + Math.floor(random() * 60));
    decidesAt = now + 100;
  }
  return run;
}

function calls(visits: EntryTimelines): { readonly offset: number; readonly calledAt: number }[] {
  return [...visits.byReceipt.values()]
    .flatMap(({ offset, calledAt }) => (calledAt === undefined ? [] : { offset, calledAt }))
    .toSorted((a, b) => a.calledAt - b.calledAt || a.offset - b.offset);
}

function simulated(run: RecordedRun, changes: Partial<Policy> = {}, seed = 1): Simulation {
  const simulation = new Simulation(run, changes, seed);
  simulation.run();
  return simulation;
}

describe('a simulation', () => {
  test('calls the same users at the same times under the recorded policy', () => {
    const run = recorded(400);
    expect(calls(run.visits)).toHaveLength(400);
    expect(calls(simulated(run).visits)).toEqual(calls(run.visits));
  });

  test('ends every entry as recorded', () => {
    const run = recorded(200);
    const again = simulated(run).visits.byReceipt;
    const ends = [...run.visits.byReceipt.values()].map(({ offset, state }) => [offset, state]);
    expect([...again.values()].map(({ offset, state }) => [offset, state])).toEqual(ends);
  });

  test('shortens waits with twice the capacity and lengthens them with half', () => {
    const run = recorded(200);
    const median = (capacity: number) => waitingTimes(simulated(run, { capacity }).visits).waits?.p50 ?? 0;
    expect(median(10)).toBeLessThan(median(5) * 0.7);
    expect(median(2)).toBeGreaterThan(median(5) * 1.5);
  });

  test('never exceeds the rate or the capacity', () => {
    const run = recorded(200);
    const { visits } = simulated(run, { capacity: 1_000, admissionsPerMinute: 60 });
    const at = calls(visits).map(({ calledAt }) => calledAt);
    const quick = at.filter((time, index) => time - (at[index - 10] ?? Number.NEGATIVE_INFINITY) < 8_000);
    expect(quick).toEqual([]);
    expect(at).toHaveLength(200);
  });

  test('draws unrecorded choices from the seed and the receipt', () => {
    const run = recorded(60, { ...POLICY, maximumWaiting: 10 });
    const rejected = waitingTimes(run.visits).rejected;
    expect(rejected).toBeGreaterThan(0);
    const ends = (seed: number) =>
      [...simulated(run, { maximumWaiting: null }, seed).visits.byReceipt.values()].map(({ state }) => state);
    expect(ends(1)).toEqual(ends(1));
    expect(ends(1)).not.toEqual(ends(2));
    expect(waitingTimes(simulated(run, { maximumWaiting: null }).visits)).toMatchObject({ rejected: 0, called: 60 });
  });

  test('ends with waiting users if the recorded queue stays paused', () => {
    const run = new RecordedRun();
    const queue = ConcertQueue.begin(configured(), { offset: 0, timestamp: 0 });
    run.note({ event: configured(), at: { offset: 0, timestamp: 0 }, effect: [], queue });
    for (const [index, event] of [{ type: 'QueuePaused', ...about } as const, requestedBy('ann')].entries()) {
      const at = { offset: index + 1, timestamp: index * 1_000 };
      run.note({ event, at, effect: queue.apply(event, at), queue });
    }
    expect(waitingTimes(simulated(run).visits)).toMatchObject({ entries: 1, called: 0, neverCalled: 1 });
  });
});
