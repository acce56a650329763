import { type Call, describeCall } from './history.ts';
import { expectedEntry, modelQueueAt } from './model.ts';
import type { Check } from './recorded-state.ts';

/** P2: the order of a queue is the order of its receipts, or that of the published draw. */
export const orderOfReceipts: Check = ({ history, concerts, model }) =>
  concerts.flatMap((concertId) => {
    const calls = history.calls.filter((call) => call.concertId === concertId);
    return [...inOrderOfTime(calls), ...inTurn(calls), ...inPlace(calls, model(concertId))];
  });

/** A request acknowledged before another was sent has the smaller receipt. */
function inOrderOfTime(calls: readonly Call[]): string[] {
  const receipts = calls.flatMap((call) =>
    call.response.is === 'receipt' && call.request.is === 'enter' ? [{ call, offset: call.response.offset }] : [],
  );
  return receipts.flatMap(({ call, offset }) =>
    receipts
      .filter((earlier) => earlier.call.answeredAt < call.sentAt && earlier.offset >= offset)
      .map(
        (earlier) =>
          `${describeCall(call)} has a smaller receipt but was sent after the response to ${describeCall(earlier.call)}`,
      ),
  );
}

/** By the responses alone, no user waits at a smaller place than an admitted one. */
function inTurn(calls: readonly Call[]): string[] {
  const response = calls.flatMap((call) => (call.response.is === 'entry' ? [{ call, ...call.response.entry }] : []));
  const admitted = response.filter(({ state }) => ['READY', 'ACTIVE', 'COMPLETED'].includes(state));
  return response
    .filter(({ state }) => state === 'WAITING')
    .flatMap(({ call, place = 0, projectedOffset }) => {
      const jumper = admitted.find((one) => one.projectedOffset <= projectedOffset && (one.place ?? 0) > place);
      return jumper
        ? [`${describeCall(call)} still waits, but a later place was admitted: ${describeCall(jumper.call)}`]
        : [];
    });
}

/** Places and positions equal those of the model. */
function inPlace(calls: readonly Call[], queues: Parameters<typeof modelQueueAt>[0]): string[] {
  return calls.flatMap((call) => {
    const { request, response } = call;
    if (response.is !== 'entry' || request.is !== 'getEntry') return [];
    const queue = modelQueueAt(queues, response.entry.projectedOffset);
    const { state, place, position } = queue ? expectedEntry(queue, request.userId, request.token) : response.entry;
    // P1 checks the state.
    if (response.entry.state !== state || (response.entry.place === place && response.entry.position === position))
      return [];
    return [`${describeCall(call)}: by the log it has place ${place}, position ${position}`];
  });
}
