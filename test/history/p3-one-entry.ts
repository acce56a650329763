import { type Call, describeCall } from './history.ts';
import { modelQueueAt } from './model.ts';
import type { Check, RecordedState } from './recorded-state.ts';

/** P3: at most one live entry per user and concert; an admission that has ended is rejected. */
export const oneLiveEntry: Check = (recorded) =>
  recorded.concerts.flatMap((concertId) => [
    ...oneReceipt(recorded.history.calls.filter((call) => call.concertId === concertId)),
    ...oneAdmission(recorded, concertId),
    ...oneStored(recorded, concertId),
  ]);

const LIVE = ['REGISTERED', 'WAITING', 'READY', 'ACTIVE'];

/** As `projectedOffset` grows, the live entry that the API returns for a user only changes to a later one. */
function oneReceipt(calls: readonly Call[]): string[] {
  const violations: string[] = [];
  const last = new Map<string, { readonly offset: number; readonly projectedOffset: number; readonly call: Call }>();
  const response = calls.flatMap((call) =>
    call.response.is === 'entry' && call.request.is === 'getEntry' && LIVE.includes(call.response.entry.state)
      ? [{ call, userId: call.request.userId, ...call.response.entry }]
      : [],
  );
  for (const one of response.toSorted((a, b) => a.projectedOffset - b.projectedOffset)) {
    const before = last.get(one.userId);
    const isOther = before && before.offset !== one.offset;
    if (isOther && (before.offset > one.offset || before.projectedOffset === one.projectedOffset))
      violations.push(`${describeCall(one.call)} is live at the same time as ${describeCall(before.call)}`);
    last.set(one.userId, one);
  }
  return violations;
}

/** After any response from a view that has the end of an admission, its token is rejected. */
function oneAdmission({ history, model }: RecordedState, concertId: string): string[] {
  const queues = model(concertId);
  const calls = history.calls.filter((call) => call.concertId === concertId);
  const seen = calls.flatMap(({ response, answeredAt }) =>
    response.is === 'entry' ? [{ answeredAt, offset: response.entry.projectedOffset }] : [],
  );
  return calls.flatMap((call) => {
    const { request, response, sentAt } = call;
    if (request.is !== 'verify' || response.is !== 'yes') return [];
    const known = Math.max(-1, ...seen.filter((one) => one.answeredAt < sentAt).map(({ offset }) => offset));
    const entry = modelQueueAt(queues, known)?.entries.find(({ userId }) => userId === request.userId);
    const wasActive = entry?.offset === request.token && ['WAITING', 'READY', 'ACTIVE'].includes(entry.state);
    return entry && !wasActive ? [`${describeCall(call)}: an earlier response shows ${entry.state}`] : [];
  });
}

function oneStored({ history }: RecordedState, concertId: string): string[] {
  const { entries = [], waiting = [] } = history.stored.get(concertId) ?? {};
  const twice = (users: readonly string[]): string[] => users.filter((user, index) => users.indexOf(user) !== index);
  return [...twice(entries.map(({ userId }) => userId)), ...twice(waiting)].map(
    (userId) => `${userId} is stored twice in ${concertId}`,
  );
}
