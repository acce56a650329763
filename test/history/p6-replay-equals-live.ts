import { describeCall, type PlainEntry } from './history.ts';
import { inState, type ModelQueue, modelQueueAt, waitingInOrder } from './model.ts';
import type { Check, RecordedState } from './recorded-state.ts';

/** P6: folding the log from offset 0 gives the stored state byte for byte, and the queue documents. */
export const storedEqualsFolded: Check = (recorded) => [
  ...recorded.concerts.flatMap((concertId) => storedOf(recorded, concertId)),
  ...documents(recorded),
];

function storedOf({ history, model }: RecordedState, concertId: string): string[] {
  const stored = history.stored.get(concertId);
  if (!stored) return [`${concertId} is not stored`];
  const violations: string[] = [];
  const folded = history.folded.get(concertId)?.canonical;
  if (stored.canonical !== folded) violations.push(`${concertId}: ${firstDifference(stored.canonical, folded ?? '')}`);
  const queue = modelQueueAt(model(concertId), stored.offset);
  if (!queue) return [...violations, `${concertId} is stored before it was configured`];
  const response = text(stored.entries);
  const expected = text(queue.entries);
  if (response !== expected) violations.push(`${concertId}: by the model ${firstDifference(response, expected)}`);
  if (stored.disqualified.toSorted().join() !== queue.disqualified.toSorted().join())
    violations.push(
      `${concertId}: disqualified are ${stored.disqualified.join()}, by the model ${queue.disqualified.join()}`,
    );
  const line = waitingInOrder(queue).map(({ userId }) => userId);
  if (stored.waiting.join() !== line.join())
    violations.push(`${concertId}: the waiting users are ${stored.waiting.join()}, by the model ${line.join()}`);
  return violations;
}

function documents({ history, model }: RecordedState): string[] {
  return history.calls.flatMap((call) => {
    if (call.response.is !== 'queue') return [];
    const { queue: document } = call.response;
    const queue = modelQueueAt(model(call.concertId), document.projectedOffset);
    if (!queue) return [];
    const expected = documentOf(queue);
    const wrong = Object.entries(expected).filter(([name, value]) =>
      Object.entries(document).some(([n, v]) => n === name && v !== value),
    );
    return wrong.map(([name, value]) => `${describeCall(call)}: by the log ${name} is ${value}`);
  });
}

function documentOf(queue: ModelQueue) {
  return {
    state: queue.closed ? 'CLOSED' : queue.paused ? 'PAUSED' : queue.isOpen ? 'OPEN' : 'SCHEDULED',
    registered: inState(queue, 'REGISTERED').length,
    waiting: inState(queue, 'WAITING').length,
    ready: inState(queue, 'READY').length,
    active: inState(queue, 'ACTIVE').length,
    admittedThrough: queue.admittedThrough,
  };
}

function text(entries: readonly PlainEntry[]): string {
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
