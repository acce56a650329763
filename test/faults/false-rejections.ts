import { describeCall, type History } from '../history/history.ts';
import { isLive, type ModelQueue, refusal } from '../history/model.ts';
import { recordedStateOf } from '../history/recorded-state.ts';

/** Maximum age of the state on which an early rejection is based. */
const MAX_AGE_MS = 1_000;
/** The broker timestamps a batch shortly before it acknowledges it. */
const CLOCK_TOLERANCE_MS = 100;
/** Early rejection depends on the queue, not on the user: only the projection rejects disqualified users. */
const ANY_USER = '';
const EARLY_REJECTION_CODES = ['QUEUE_NOT_OPEN', 'QUEUE_CLOSED', 'QUEUE_FULL'];

/** Rejected entry requests whose reason, by the log, was false for more than a second. */
export function falseRejections(history: History): readonly string[] {
  const { model } = recordedStateOf(history);
  return history.calls.flatMap((call) => {
    const { request, response, concertId, sentAt, answeredAt } = call;
    if (request.is !== 'enter' || response.is !== 'refused' || !EARLY_REJECTION_CODES.includes(response.code))
      return [];
    const from = performance.timeOrigin + sentAt - MAX_AGE_MS - CLOCK_TOLERANCE_MS;
    const to = performance.timeOrigin + answeredAt + CLOCK_TOLERANCE_MS;
    const candidates = queuesBetween(model(concertId), from, to);
    const wasTrue =
      candidates.some((queue) => refusal(queue, ANY_USER) === response.code) &&
      candidates.some((queue) => !holdsPlace(queue, request.userId));
    return wasTrue ? [] : [`${describeCall(call)}: by the log the reason was false for more than a second`];
  });
}

/** The queue at the start of the span and after each record in it. */
function queuesBetween(queues: readonly ModelQueue[], from: number, to: number): readonly ModelQueue[] {
  const first = queues.findLast(({ time }) => time <= from);
  return [...(first ? [first] : []), ...queues.filter(({ time }) => time > from && time <= to)];
}

function holdsPlace({ entries }: ModelQueue, userId: string): boolean {
  return entries.some((entry) => entry.userId === userId && isLive(entry));
}
