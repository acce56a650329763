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
  const told = text(stored.entries);
  const expected = text(moment.entries);
  if (told !== expected) violations.push(`${concertId}: by the model ${firstDifference(told, expected)}`);
  if (stored.disqualified.toSorted().join() !== moment.disqualified.toSorted().join())
    violations.push(
      `${concertId}: barred are ${stored.disqualified.join()}, by the model ${moment.disqualified.join()}`,
    );
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

function text(entries: readonly PlainLife[]): string {
  const lines = entries.map(({ userId, entryId, offset, place, state, claimBy, activeUntil, endedAt, reason }) =>
    JSON.stringify({ userId, entryId, offset, place, state, claimBy, activeUntil, endedAt, reason }),
  );
  return lines.toSorted().join('\n');
}

function firstDifference(stored: string, expected: string): string {
  const [ours, theirs] = [stored.split('\n'), expected.split('\n')];
  const at = ours.findIndex((line, index) => line !== theirs[index]);
  return `stored is ${ours[at] ?? 'less'}, expected ${theirs[at] ?? (at === -1 ? 'more' : 'less')}`;
}
