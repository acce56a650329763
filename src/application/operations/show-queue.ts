import type { Entry } from '../../domain/types.ts';
import { QueueError } from '../errors.ts';
import type { ReplayPorts } from '../projection/partition-history.ts';
import { documentOf, type QueueDocument } from '../queries/queue-document.ts';
import { foldConcert, type LogPointInTime } from './fold-concert.ts';

export interface QueueAt {
  readonly document: QueueDocument;
  /** Kept last outcomes, and disqualified users. */
  readonly kept: number;
  readonly disqualified: number;
  /** The first waiting entries, front first. */
  readonly line: readonly Entry[];
  /** The first READY and ACTIVE entries, by place. */
  readonly called: readonly Entry[];
}

/**
 * The queue as it was.
 *
 * @param first maximum number of waiting and of called entries
 * @throws QueueError `CONCERT_NOT_FOUND` when it was not configured by then
 */
export async function showQueue(
  ports: ReplayPorts,
  concertId: string,
  moment: LogPointInTime | undefined,
  first: number,
): Promise<QueueAt> {
  const { queue } = await foldConcert(ports, concertId, moment);
  if (!queue) throw new QueueError('CONCERT_NOT_FOUND', `${concertId} was not configured ${until(moment)}.`);
  const { counts } = queue.attributes();
  const entries = [...queue.save().entries];
  const called = entries.filter(({ state }) => state === 'READY' || state === 'ACTIVE');
  return {
    document: documentOf(concertId, queue.offset, queue.attributes()),
    kept: counts.kept - counts.registered - counts.waiting - counts.ready - counts.active,
    disqualified: counts.disqualified,
    line: [...queue.waitingEntries()].slice(0, first),
    called: called.toSorted((a, b) => a.place - b.place).slice(0, first),
  };
}

function until(moment: LogPointInTime | undefined): string {
  if (!moment) return 'yet';
  return 'offset' in moment ? `by offset ${moment.offset}` : `by ${new Date(moment.time).toISOString()}`;
}

/** @returns undefined for text that is neither an offset nor an RFC 3339 time */
export function momentOf(text: string): LogPointInTime | undefined {
  if (/^\d{1,15}$/.test(text)) return { offset: Number(text) };
  if (!/^\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d(:\d\d(\.\d+)?)?([Zz]|[+-]\d\d:\d\d)$/.test(text)) return undefined;
  const time = Date.parse(text.toUpperCase().replace(' ', 'T'));
  return Number.isNaN(time) ? undefined : { time };
}
