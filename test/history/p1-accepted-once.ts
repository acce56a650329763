import type { QueueEvent } from '../../src/domain/events.generated.ts';
import { type ApiRequest, type Call, describeCall } from './history.ts';
import { expectedEntry, type ModelQueue, modelQueueAt } from './model.ts';
import type { Check, RecordedState } from './recorded-state.ts';

const CLOSED = ['LEFT', 'COMPLETED', 'EXPIRED', 'REJECTED', 'DISQUALIFIED'];
/** The broker timestamps a record slightly earlier or later than the clock of the test. */
const CLOCK_TOLERANCE_MS = 100;

/** P1: every accepted request is in the log and takes effect in the projection exactly once. */
export const acceptedOnce: Check = (recorded) => {
  const { history, model } = recorded;
  const violations: string[] = [];
  const promised = new Map<string, number>();
  for (const call of history.calls) {
    const { request, response, concertId } = call;
    const queues = model(concertId);
    if (response.is === 'receipt' && !isOfClosedEntry(call, queues)) {
      const record = history.log.find((one) => one.event.concertId === concertId && one.offset === response.offset);
      if (!record || !isEventOf(request, record.event))
        violations.push(
          `${describeCall(call)}: the log holds ${record ? JSON.stringify(record.event) : 'nothing'} there`,
        );
      const other = promised.get(`${concertId}/${response.offset}`);
      if (other !== undefined) violations.push(`${describeCall(call)}: call ${other} has the same receipt`);
      promised.set(`${concertId}/${response.offset}`, call.number);
    }
    if (response.is === 'entry' && request.is === 'getEntry') {
      const queue = modelQueueAt(queues, response.entry.projectedOffset);
      if (!queue) continue;
      const { state, offset, claimBy, activeUntil, rejectedBecause } = expectedEntry(
        queue,
        request.userId,
        request.token,
      );
      const { entry } = response;
      const agrees =
        entry.state === state &&
        entry.offset === offset &&
        entry.claimBy === claimBy &&
        entry.activeUntil === activeUntil &&
        entry.rejectedBecause === rejectedBecause;
      const expected = JSON.stringify({ state, offset, claimBy, activeUntil, rejectedBecause });
      if (!agrees) violations.push(`${describeCall(call)}: at that offset the log says ${expected}`);
    }
    if (response.is === 'admission' && request.is === 'claim') {
      const isTrue = queues.some(({ entries }) =>
        entries.some((entry) => entry.userId === request.userId && entry.activeUntil === response.activeUntil),
      );
      if (!isTrue) violations.push(`${describeCall(call)}: the log has no such admission`);
    }
  }
  return [...violations, ...recorded.concerts.flatMap((concertId) => appliedElsewhere(recorded, concertId))];
};

/** A stored entry has the offset of the request that created it. */
function appliedElsewhere({ history }: RecordedState, concertId: string): string[] {
  const requests = new Map<number, QueueEvent>();
  for (const { event, offset } of history.log) if (event.concertId === concertId) requests.set(offset, event);
  return [...(history.stored.get(concertId)?.entries ?? [])].flatMap(({ userId, entryId, offset }) => {
    const request = requests.get(offset);
    const isItsOwn =
      request?.type === 'QueueEntryRequested' && request.userId === userId && request.entryId === entryId;
    return isItsOwn
      ? []
      : [`${concertId}: ${userId} has the offset of a request at ${offset}, where the log has ${request?.type}`];
  });
}

/** A leave or completion of a closed entry appends nothing and returns the receipt of the entry. */
function isOfClosedEntry({ request, response, answeredAt }: Call, queues: readonly ModelQueue[]): boolean {
  if ((request.is !== 'leave' && request.is !== 'complete') || response.is !== 'receipt') return false;
  const { userId, token } = request;
  const until = performance.timeOrigin + answeredAt + CLOCK_TOLERANCE_MS;
  return queues.some((queue) => {
    if (queue.time > until) return false;
    const { state, offset } = expectedEntry(queue, userId, token);
    return offset === response.offset && CLOSED.includes(state);
  });
}

function isEventOf(request: ApiRequest, event: QueueEvent): boolean {
  switch (request.is) {
    case 'enter':
      return event.type === 'QueueEntryRequested' && event.userId === request.userId;
    case 'leave':
      return event.type === 'QueueEntryLeft' && event.userId === request.userId && event.tokenOffset === request.token;
    case 'complete':
      return event.type === 'AdmissionCompleted' && event.userId === request.userId;
    case 'disqualify':
      return event.type === 'UserDisqualified' && event.userId === request.userId;
    case 'reinstate':
      return event.type === 'UserReinstated' && event.userId === request.userId;
    case 'configure':
      return event.type === 'QueueConfigured';
    case 'pause':
      return event.type === 'QueuePaused';
    case 'resume':
      return event.type === 'QueueResumed';
    case 'close':
      return event.type === 'QueueClosed';
    default:
      return false;
  }
}
