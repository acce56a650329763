import { hasLaterEntry, isTooOldToRedrive } from '../../domain/redrive.ts';
import { type ConcertId, isLive, type LogTime, type Offset, type UserId } from '../../domain/types.ts';
import { positionOf } from '../event-log/redrive-headers.ts';
import type { LogRecord } from '../ports/log-subscription.port.ts';
import type { EntryView, QueueViewReader } from '../ports/queue-view.port.ts';
import type { EventReader } from '../projection/event-reader.ts';

export type RedriveObstacle = 'unreadable' | 'no request' | 'no queue' | 'too old' | 'redriven before' | 'later entry';

/** Whether a redrive of a skipped record would have an effect. */
export type RedriveCheck =
  | { readonly is: 'possible'; readonly concertId: ConcertId; readonly userId: UserId; readonly receipt: Receipt }
  | { readonly is: RedriveObstacle; readonly reason: string; readonly concertId?: ConcertId };

export interface Receipt {
  readonly offset: Offset;
  readonly timestamp: LogTime;
}

export interface RedriveCheckPorts {
  readonly reader: EventReader;
  readonly view: Pick<QueueViewReader, 'entry'>;
}

/**
 * Judges by the stored view, so a receipt may be too old by the time of the redrive.
 * @throws QueueError `PROJECTION_UNAVAILABLE`
 */
export async function checkRedrive({ reader, view }: RedriveCheckPorts, record: LogRecord): Promise<RedriveCheck> {
  const event = await read(reader, record);
  if (event instanceof Error) return { is: 'unreadable', reason: `it still cannot be read: ${event.message}` };
  const { concertId } = event;
  // Any other command is late, and its sender can repeat it.
  if (event.type !== 'QueueEntryRequested') return { is: 'no request', reason: `it is a ${event.type}`, concertId };
  const { userId } = event;
  const receipt = receiptOf(record);
  const obstacle = obstacleTo(receipt, await view.entry(concertId, userId));
  return obstacle ? { ...obstacle, concertId } : { is: 'possible', concertId, userId, receipt };
}

/** The first receipt of a record that was redriven before and skipped again. */
function receiptOf(record: LogRecord): Receipt {
  return positionOf(record).redriveOf ?? record;
}

/** Why a redrive has no effect. */
export function obstacleTo(
  receipt: Receipt,
  seen: EntryView | undefined,
): { readonly is: RedriveObstacle; readonly reason: string } | undefined {
  if (!seen) return { is: 'no queue', reason: 'its concert has no queue' };
  const { entry, attributes } = seen;
  if (isTooOldToRedrive(attributes, receipt.timestamp)) {
    const { outcomeRetentionSeconds } = attributes.policy;
    const reason = `its receipt is older than outcomeRetentionSeconds (${outcomeRetentionSeconds} s): its user may have had an entry since`;
    return { is: 'too old', reason };
  }
  if (entry?.offset === receipt.offset) return { is: 'redriven before', reason: 'it was redriven before' };
  if (!hasLaterEntry(entry, receipt)) return undefined;
  const reason = entry && isLive(entry) ? `its user is ${entry.state}` : 'its user has had a later entry';
  return { is: 'later entry', reason };
}

async function read(reader: EventReader, record: LogRecord) {
  try {
    return await reader.read(record);
  } catch (error) {
    // Permanently, or at present: the registry may be unavailable. Either way not now.
    return error instanceof Error ? error : new Error(String(error));
  }
}
