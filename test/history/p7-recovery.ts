import { describeCall, type History, type Outage } from './history.ts';
import { inState, type ModelQueue } from './model.ts';
import type { Check, RecordedState } from './recorded-state.ts';

/** P7: after a fault the lag returns to 0, no slot leaks, and no entry expires for time in which its user could not see it. */
export const recovers: Check = (recorded) => [
  ...(recorded.history.lag > 0 ? [`${recorded.history.lag} records were never projected`] : []),
  ...recorded.concerts.flatMap((concertId) => [...slots(recorded, concertId), ...expiries(recorded, concertId)]),
];

/** At the end no slot is taken, and no user waits while slots are free. */
function slots({ history, model }: RecordedState, concertId: string): string[] {
  const entries = history.stored.get(concertId)?.entries ?? [];
  const admitted = entries.filter(({ state }) => state === 'READY' || state === 'ACTIVE');
  const leaked = admitted.map(({ userId, state }) => `${concertId}: ${userId} stays ${state}`);
  const last = model(concertId).at(-1);
  const isOpen = last && !last.paused && !last.closed && last.isOpen;
  const waiting = entries.filter(({ state }) => state === 'WAITING' || state === 'REGISTERED').length;
  return isOpen && waiting > 0 && admitted.length < last.policy.capacity
    ? [...leaked, `${concertId}: ${waiting} wait although slots are free`]
    : leaked;
}

function expiries({ history, model }: RecordedState, concertId: string): string[] {
  const queues = model(concertId);
  const early = history.calls.flatMap((call) => {
    const { request, response } = call;
    if (
      call.concertId !== concertId ||
      request.is !== 'getEntry' ||
      response.is !== 'entry' ||
      response.entry.state !== 'EXPIRED'
    )
      return [];
    const { offset, projectedOffset } = response.entry;
    const now = queues.findLast((queue) => queue.offset <= projectedOffset)?.time ?? 0;
    return now < deadlineOf(queues, request.userId, offset)
      ? [`${describeCall(call)}: its deadline was not reached`]
      : [];
  });
  const kept = history.stored.get(concertId)?.entries ?? [];
  const storedEarly = kept.flatMap(({ userId, offset, state, endedAt = 0 }) => {
    const deadline = deadlineOf(queues, userId, offset);
    const isEarly = state === 'EXPIRED' && endedAt < deadline;
    return isEarly
      ? [`${concertId}: ${userId} expired at ${endedAt}, ${deadline - endedAt} ms before the deadline`]
      : [];
  });
  return [...early, ...storedEarly, ...expiredUnseen(queues, outagesOf(history, concertId), concertId)];
}

function outagesOf({ log, outages }: History, concertId: string): readonly Outage[] {
  const partition = log.find(({ event }) => event.concertId === concertId)?.partition;
  return outages.filter((outage) => outage.partition === partition);
}

/** Entries that expired as READY with less than the claim window outside outages. */
function expiredUnseen(queues: readonly ModelQueue[], outages: readonly Outage[], concertId: string): string[] {
  return queues.flatMap((queue, index) => {
    const before = queues[index - 1];
    if (!before) return [];
    const expired = inState(before, 'READY').filter(({ userId, offset }) =>
      queue.entries.some((entry) => entry.userId === userId && entry.offset === offset && entry.state === 'EXPIRED'),
    );
    return expired.flatMap(({ userId, offset }) => {
      const admittedAt = queues.find(({ entries }) =>
        entries.some((entry) => entry.userId === userId && entry.offset === offset && entry.state === 'READY'),
      );
      const from = admittedAt?.time ?? 0;
      const outageMs = outages.map(({ from: start, to: end }) =>
        Math.max(0, Math.min(end, queue.time) - Math.max(start, from)),
      );
      const visibleMs = queue.time - from - outageMs.reduce((sum, ms) => sum + ms, 0);
      const window = (admittedAt?.policy.claimWindowSeconds ?? 0) * 1_000;
      return visibleMs < window
        ? [`${concertId}: ${userId} expired with ${visibleMs} ms to see the call, of ${window} ms`]
        : [];
    });
  });
}

/** The last deadline of the entry with this offset; -Infinity: it had none. */
function deadlineOf(queues: readonly ModelQueue[], userId: string, offset: number): number {
  const entries = queues.flatMap((queue) =>
    queue.entries.filter((entry) => entry.userId === userId && entry.offset === offset),
  );
  return Math.max(...entries.map(({ claimBy, activeUntil }) => activeUntil ?? claimBy ?? Number.NEGATIVE_INFINITY));
}
