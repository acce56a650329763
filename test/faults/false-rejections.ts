import { type History, words } from '../history/history.ts';
import { isLive, type Moment, refusal } from '../history/model.ts';
import { evidenceOf } from '../history/recorded-state.ts';

/** A refusal may be so old, and no older. */
const TRUE_WITHIN_MS = 1_000;
/** The broker's stamp is of its batch, a moment before its answer. */
const SLACK_MS = 100;
/** Who is barred is told by the log alone; the courtesy speaks of the queue. */
const ANYBODY = '';
const COURTESY = ['QUEUE_NOT_OPEN', 'QUEUE_CLOSED', 'QUEUE_FULL'];

/** Requests for entry that were refused for a reason which, by the log, had not been true for a second. */
export function untrueRefusals(history: History): readonly string[] {
  const { model } = evidenceOf(history);
  return history.calls.flatMap((call) => {
    const { said, told, concertId, sentAt, answeredAt } = call;
    if (said.is !== 'enter' || told.is !== 'refused' || !COURTESY.includes(told.code)) return [];
    const from = performance.timeOrigin + sentAt - TRUE_WITHIN_MS - SLACK_MS;
    const to = performance.timeOrigin + answeredAt + SLACK_MS;
    const then = momentsIn(model(concertId), from, to);
    const wasTrue =
      then.some((moment) => refusal(moment, ANYBODY) === told.code) &&
      then.some((moment) => !holdsPlace(moment, said.userId));
    return wasTrue ? [] : [`${words(call)}: by the log that had not been so for a second`];
  });
}

/** What the queue was at some time of that span: what it was at its start, and after each record in it. */
function momentsIn(moments: readonly Moment[], from: number, to: number): readonly Moment[] {
  const first = moments.findLast(({ time }) => time <= from);
  return [...(first ? [first] : []), ...moments.filter(({ time }) => time > from && time <= to)];
}

function holdsPlace({ entries }: Moment, userId: string): boolean {
  return entries.some((entry) => entry.userId === userId && isLive(entry));
}
