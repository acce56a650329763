import { type Call, words } from './history.ts';
import { momentAt } from './model.ts';
import type { Check, Evidence } from './recorded-state.ts';

/** P3: at most one live entry per user and concert; an admission that is over is none. */
export const oneLife: Check = (evidence) =>
  evidence.concerts.flatMap((concertId) => [
    ...oneReceipt(evidence.history.calls.filter((call) => call.concertId === concertId)),
    ...oneAdmission(evidence, concertId),
    ...oneStored(evidence, concertId),
  ]);

const LIVE = ['REGISTERED', 'WAITING', 'READY', 'ACTIVE'];

/** As the projection goes on, the live entry that a user's tokens are told of only ever changes to a later one. */
function oneReceipt(calls: readonly Call[]): string[] {
  const violations: string[] = [];
  const last = new Map<string, { readonly offset: number; readonly projectedOffset: number; readonly call: Call }>();
  const told = calls.flatMap((call) =>
    call.told.is === 'entry' && call.said.is === 'look' && LIVE.includes(call.told.entry.state)
      ? [{ call, userId: call.said.userId, ...call.told.entry }]
      : [],
  );
  for (const one of told.toSorted((a, b) => a.projectedOffset - b.projectedOffset)) {
    const before = last.get(one.userId);
    const isOther = before && before.offset !== one.offset;
    if (isOther && (before.offset > one.offset || before.projectedOffset === one.projectedOffset))
      violations.push(`${words(one.call)} is alive beside ${words(before.call)}`);
    last.set(one.userId, one);
  }
  return violations;
}

/** Once it was told to anyone that a view is past the end of an admission, nobody is let in with it. */
function oneAdmission({ history, model }: Evidence, concertId: string): string[] {
  const moments = model(concertId);
  const calls = history.calls.filter((call) => call.concertId === concertId);
  const seen = calls.flatMap(({ told, answeredAt }) =>
    told.is === 'entry' ? [{ answeredAt, offset: told.entry.projectedOffset }] : [],
  );
  return calls.flatMap((call) => {
    const { said, told, sentAt } = call;
    if (said.is !== 'verify' || told.is !== 'yes') return [];
    const known = Math.max(-1, ...seen.filter((one) => one.answeredAt < sentAt).map(({ offset }) => offset));
    const entry = momentAt(moments, known)?.entries.find(({ userId }) => userId === said.userId);
    const wasActive = entry?.offset === said.token && ['WAITING', 'READY', 'ACTIVE'].includes(entry.state);
    return entry && !wasActive ? [`${words(call)}: it was known to be ${entry.state} by then`] : [];
  });
}

function oneStored({ history }: Evidence, concertId: string): string[] {
  const { entries = [], waiting = [] } = history.stored.get(concertId) ?? {};
  const twice = (users: readonly string[]): string[] => users.filter((user, index) => users.indexOf(user) !== index);
  return [...twice(entries.map(({ userId }) => userId)), ...twice(waiting)].map(
    (userId) => `${userId} is stored twice in ${concertId}`,
  );
}
