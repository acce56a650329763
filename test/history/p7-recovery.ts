import { type History, type Outage, words } from './history.ts';
import { inState, type Moment } from './model.ts';
import type { Check, Evidence } from './recorded-state.ts';

/** P7: after any fault heals, lag returns to 0, no slot is leaked, and nobody was expired for time in which they could not be told. */
export const heals: Check = (evidence) => [
  ...(evidence.history.lag > 0 ? [`${evidence.history.lag} records were never projected`] : []),
  ...evidence.concerts.flatMap((concertId) => [...slots(evidence, concertId), ...expiries(evidence, concertId)]),
];

/** When all had their time, nobody is in the room, and nobody waits before it. */
function slots({ history, model }: Evidence, concertId: string): string[] {
  const entries = history.stored.get(concertId)?.entries ?? [];
  const inside = entries.filter(({ state }) => state === 'READY' || state === 'ACTIVE');
  const leaked = inside.map(({ userId, state }) => `${concertId}: ${userId} is ${state} for ever`);
  const last = model(concertId).at(-1);
  const isOpen = last && !last.paused && !last.closed && last.isOpen;
  const waiting = entries.filter(({ state }) => state === 'WAITING' || state === 'REGISTERED').length;
  return isOpen && waiting > 0 && inside.length < last.policy.capacity
    ? [...leaked, `${concertId}: ${waiting} wait before a room with free slots`]
    : leaked;
}

function expiries({ history, model }: Evidence, concertId: string): string[] {
  const moments = model(concertId);
  const early = history.calls.flatMap((call) => {
    const { said, told } = call;
    if (call.concertId !== concertId || said.is !== 'look' || told.is !== 'entry' || told.entry.state !== 'EXPIRED')
      return [];
    const { offset, projectedOffset } = told.entry;
    const now = moments.findLast((moment) => moment.offset <= projectedOffset)?.time ?? 0;
    return now < deadlineOf(moments, said.userId, offset) ? [`${words(call)}: its time was not over`] : [];
  });
  const kept = history.stored.get(concertId)?.entries ?? [];
  const ended = kept.flatMap(({ userId, offset, state, endedAt = 0 }) => {
    const deadline = deadlineOf(moments, userId, offset);
    const isEarly = state === 'EXPIRED' && endedAt < deadline;
    return isEarly
      ? [`${concertId}: ${userId} expired at ${endedAt}, ${deadline - endedAt} ms before the time was over`]
      : [];
  });
  return [...early, ...ended, ...untold(moments, outagesOf(history, concertId), concertId)];
}

function outagesOf({ log, outages }: History, concertId: string): readonly Outage[] {
  const partition = log.find(({ event }) => event.concertId === concertId)?.partition;
  return outages.filter((outage) => outage.partition === partition);
}

/** Those who expired as READY with less than the claim window outside of outages. */
function untold(moments: readonly Moment[], outages: readonly Outage[], concertId: string): string[] {
  return moments.flatMap((moment, index) => {
    const before = moments[index - 1];
    if (!before) return [];
    const gone = inState(before, 'READY').filter(({ userId, offset }) =>
      moment.entries.some((entry) => entry.userId === userId && entry.offset === offset && entry.state === 'EXPIRED'),
    );
    return gone.flatMap(({ userId, offset }) => {
      const calledAt = moments.find(({ entries }) =>
        entries.some((entry) => entry.userId === userId && entry.offset === offset && entry.state === 'READY'),
      );
      const from = calledAt?.time ?? 0;
      const dark = outages.map(({ from: start, to: end }) =>
        Math.max(0, Math.min(end, moment.time) - Math.max(start, from)),
      );
      const light = moment.time - from - dark.reduce((sum, ms) => sum + ms, 0);
      const window = (calledAt?.policy.claimWindowSeconds ?? 0) * 1_000;
      return light < window ? [`${concertId}: ${userId} expired with ${light} ms to know of a call, of ${window}`] : [];
    });
  });
}

/** The last deadline that the life of this request had; -Infinity: none. */
function deadlineOf(moments: readonly Moment[], userId: string, offset: number): number {
  const entries = moments.flatMap((moment) =>
    moment.entries.filter((entry) => entry.userId === userId && entry.offset === offset),
  );
  return Math.max(...entries.map(({ claimBy, activeUntil }) => activeUntil ?? claimBy ?? Number.NEGATIVE_INFINITY));
}
