import { type PlainLife, words } from './history.ts';
import { inState, lineOf, type Moment, momentAt } from './model.ts';
import type { Check, Evidence } from './recorded-state.ts';

/** P6: folding the log from 0 gives the stored state, byte for byte in canonical form; what is shown of it is the same. */
export const storedIsFolded: Check = (evidence) => [
  ...evidence.concerts.flatMap((concertId) => storedOf(evidence, concertId)),
  ...documents(evidence),
];

function storedOf({ history, model }: Evidence, concertId: string): string[] {
  const stored = history.stored.get(concertId);
  if (!stored) return [`${concertId} is not stored`];
  const violations: string[] = [];
  const folded = history.folded.get(concertId)?.canonical;
  if (stored.canonical !== folded) violations.push(`${concertId}: ${firstDifference(stored.canonical, folded ?? '')}`);
  const moment = momentAt(model(concertId), stored.offset);
  if (!moment) return [...violations, `${concertId} is stored before it was configured`];
  const told = text(stored.lives);
  const expected = text(moment.lives);
  if (told !== expected) violations.push(`${concertId}: by the model ${firstDifference(told, expected)}`);
  if (stored.barred.toSorted().join() !== moment.barred.toSorted().join())
    violations.push(`${concertId}: barred are ${stored.barred.join()}, by the model ${moment.barred.join()}`);
  const line = lineOf(moment).map(({ userId }) => userId);
  if (stored.waiting.join() !== line.join())
    violations.push(`${concertId}: those who wait stand as ${stored.waiting.join()}, by the model ${line.join()}`);
  return violations;
}

function documents({ history, model }: Evidence): string[] {
  return history.calls.flatMap((call) => {
    if (call.told.is !== 'queue') return [];
    const { queue } = call.told;
    const moment = momentAt(model(call.concertId), queue.projectedOffset);
    if (!moment) return [];
    const expected = documentOf(moment);
    const wrong = Object.entries(expected).filter(([name, value]) =>
      Object.entries(queue).some(([n, v]) => n === name && v !== value),
    );
    return wrong.map(([name, value]) => `${words(call)}: by the log ${name} is ${value}`);
  });
}

function documentOf(moment: Moment) {
  return {
    state: moment.closed ? 'CLOSED' : moment.paused ? 'PAUSED' : moment.isOpen ? 'OPEN' : 'SCHEDULED',
    registered: inState(moment, 'REGISTERED').length,
    waiting: inState(moment, 'WAITING').length,
    ready: inState(moment, 'READY').length,
    active: inState(moment, 'ACTIVE').length,
    admittedThrough: moment.admittedThrough,
  };
}

function text(lives: readonly PlainLife[]): string {
  const lines = lives.map(({ userId, entryId, offset, place, state, claimBy, activeUntil, endedAt, because }) =>
    JSON.stringify({ userId, entryId, offset, place, state, claimBy, activeUntil, endedAt, because }),
  );
  return lines.toSorted().join('\n');
}

function firstDifference(stored: string, expected: string): string {
  const [ours, theirs] = [stored.split('\n'), expected.split('\n')];
  const at = ours.findIndex((line, index) => line !== theirs[index]);
  return `stored is ${ours[at] ?? 'less'}, expected ${theirs[at] ?? (at === -1 ? 'more' : 'less')}`;
}
