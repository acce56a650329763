import type { ConcertQueue } from '../../domain/concert-queue.ts';
import { foldEvent } from '../../domain/fold-event.ts';
import type { ChangeSet, ConcertId, LogTime, Offset } from '../../domain/types.ts';
import { QueueError } from '../errors.ts';
import { partitionOf } from '../event-log/partitioner.ts';
import {
  type LoggedEvent,
  PartitionHistory,
  type ReplayPorts,
  type UnreadableLogRecord,
} from '../projection/partition-history.ts';

/** The last record to fold: by offset or by log time, both inclusive. */
export type LogPointInTime = { readonly offset: Offset } | { readonly time: LogTime };

/** One event of a queue, after it was folded. */
export interface Folded extends LoggedEvent {
  readonly effect: ChangeSet;
  readonly queue: ConcertQueue;
}

export interface FoldedConcert {
  readonly partition: number;
  /** undefined: it was not configured by then. */
  readonly queue: ConcertQueue | undefined;
  readonly unreadable: readonly UnreadableLogRecord[];
}

/**
 * Folds one concert from the log alone, and reports every event from its first configuration on.
 *
 * @param until the last record; default: the current end of the log
 * @throws QueueError `NOT_FOUND` for an offset that the log does not have yet
 */
export async function foldConcert(
  ports: ReplayPorts,
  concertId: ConcertId,
  until?: LogPointInTime,
  report: (folded: Folded) => void = () => undefined,
): Promise<FoldedConcert> {
  const partition = partitionOf(concertId, ports.log.partitions);
  const history = await PartitionHistory.open(ports, partition, concertId);
  const end = await history.end();
  const to = until && 'offset' in until ? until.offset + 1 : end;
  if (to > end) throw new QueueError('NOT_FOUND', `The log of partition ${partition} ends before offset ${end}.`);
  const queues = new Map<ConcertId, ConcertQueue>();
  for await (const events of history.events(0, to)) {
    for (const { event, at, stampedAt, actor } of events) {
      if (event.concertId !== concertId) continue;
      const time = Math.max(at.timestamp, queues.get(concertId)?.time ?? 0);
      if (until && 'time' in until && time > until.time) {
        return { partition, queue: queues.get(concertId), unreadable: history.unreadable };
      }
      const effect = foldEvent(queues, event, at);
      const queue = queues.get(concertId);
      if (effect && queue) report({ event, at, stampedAt, actor, effect, queue });
    }
  }
  return { partition, queue: queues.get(concertId), unreadable: history.unreadable };
}
