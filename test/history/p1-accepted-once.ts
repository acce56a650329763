import type { QueueEvent } from '../../src/domain/events.generated.ts';
import { type Said, words } from './history.ts';
import { expectedEntry, momentAt } from './model.ts';
import type { Check, Evidence } from './recorded-state.ts';

/** P1: every 202 is in the log and takes effect in the projection exactly once. */
export const acceptedOnce: Check = (evidence) => {
  const { history, model } = evidence;
  const violations: string[] = [];
  const promised = new Map<string, number>();
  for (const call of history.calls) {
    const { said, told, concertId } = call;
    const moments = model(concertId);
    if (told.is === 'receipt') {
      const logged = history.log.find((one) => one.event.concertId === concertId && one.offset === told.offset);
      if (!logged || !isSaid(said, logged.event))
        violations.push(`${words(call)}: the log holds ${logged ? JSON.stringify(logged.event) : 'nothing'} there`);
      const other = promised.get(`${concertId}/${told.offset}`);
      if (other !== undefined) violations.push(`${words(call)}: call ${other} was given the same receipt`);
      promised.set(`${concertId}/${told.offset}`, call.number);
    }
    if (told.is === 'entry' && said.is === 'look') {
      const moment = momentAt(moments, told.entry.projectedOffset);
      if (!moment) continue;
      const { state, offset, claimBy, activeUntil, rejectedBecause } = expectedEntry(moment, said.userId, said.token);
      const { entry } = told;
      const agrees =
        entry.state === state &&
        entry.offset === offset &&
        entry.claimBy === claimBy &&
        entry.activeUntil === activeUntil &&
        entry.rejectedBecause === rejectedBecause;
      const expected = JSON.stringify({ state, offset, claimBy, activeUntil, rejectedBecause });
      if (!agrees) violations.push(`${words(call)}: at that offset the log says ${expected}`);
    }
    if (told.is === 'admission' && said.is === 'claim') {
      const isTrue = moments.some(({ entries }) =>
        entries.some((entry) => entry.userId === said.userId && entry.activeUntil === told.activeUntil),
      );
      if (!isTrue) violations.push(`${words(call)}: the log has no such admission`);
    }
  }
  return [...violations, ...evidence.concerts.flatMap((concertId) => appliedElsewhere(evidence, concertId))];
};

/** A stored life stands at the one request that created it. */
function appliedElsewhere({ history }: Evidence, concertId: string): string[] {
  const requests = new Map<number, QueueEvent>();
  for (const { event, offset } of history.log) if (event.concertId === concertId) requests.set(offset, event);
  return [...(history.stored.get(concertId)?.entries ?? [])].flatMap(({ userId, entryId, offset }) => {
    const request = requests.get(offset);
    const isItsOwn =
      request?.type === 'QueueEntryRequested' && request.userId === userId && request.entryId === entryId;
    return isItsOwn
      ? []
      : [`${concertId}: ${userId} lives by a request at ${offset}, where the log has ${request?.type}`];
  });
}

function isSaid(said: Said, event: QueueEvent): boolean {
  switch (said.is) {
    case 'enter':
      return event.type === 'QueueEntryRequested' && event.userId === said.userId;
    case 'leave':
      return event.type === 'QueueEntryLeft' && event.userId === said.userId && event.tokenOffset === said.token;
    case 'complete':
      return event.type === 'AdmissionCompleted' && event.userId === said.userId;
    case 'disqualify':
      return event.type === 'UserDisqualified' && event.userId === said.userId;
    case 'reinstate':
      return event.type === 'UserReinstated' && event.userId === said.userId;
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
