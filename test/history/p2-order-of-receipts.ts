import { type Call, words } from './history.ts';
import { expectedEntry, momentAt } from './model.ts';
import type { Check } from './recorded-state.ts';

/** P2: the order of a queue is the order of its receipts, or the published draw; who was answered first has the smaller one. */
export const orderOfReceipts: Check = ({ history, concerts, model }) =>
  concerts.flatMap((concertId) => {
    const calls = history.calls.filter((call) => call.concertId === concertId);
    return [...inOrderOfTime(calls), ...inTurn(calls), ...inPlace(calls, model(concertId))];
  });

/** A acknowledged before B was sent means that A's receipt is smaller. */
function inOrderOfTime(calls: readonly Call[]): string[] {
  const receipts = calls.flatMap((call) =>
    call.told.is === 'receipt' && call.said.is === 'enter' ? [{ call, offset: call.told.offset }] : [],
  );
  return receipts.flatMap(({ call, offset }) =>
    receipts
      .filter((earlier) => earlier.call.answeredAt < call.sentAt && earlier.offset >= offset)
      .map((earlier) => `${words(call)} was sent after the answer to ${words(earlier.call)}`),
  );
}

/** Nobody waits at a place in front of one that was called, from what was told alone. */
function inTurn(calls: readonly Call[]): string[] {
  const told = calls.flatMap((call) => (call.told.is === 'entry' ? [{ call, ...call.told.entry }] : []));
  const called = told.filter(({ state }) => ['READY', 'ACTIVE', 'COMPLETED'].includes(state));
  return told
    .filter(({ state }) => state === 'WAITING')
    .flatMap(({ call, place = 0, projectedOffset }) => {
      const jumper = called.find((one) => one.projectedOffset <= projectedOffset && (one.place ?? 0) > place);
      return jumper ? [`${words(call)} waits still, behind it ${words(jumper.call)} was called`] : [];
    });
}

/** Places and positions are those that follow from the log. */
function inPlace(calls: readonly Call[], moments: Parameters<typeof momentAt>[0]): string[] {
  return calls.flatMap((call) => {
    const { said, told } = call;
    if (told.is !== 'entry' || said.is !== 'look') return [];
    const moment = momentAt(moments, told.entry.projectedOffset);
    const { state, place, position } = moment ? expectedEntry(moment, said.userId, said.token) : told.entry;
    // Of another state than it should be: that is another promise's matter.
    if (told.entry.state !== state || (told.entry.place === place && told.entry.position === position)) return [];
    return [`${words(call)}: the log gives it place ${place}, position ${position}`];
  });
}
