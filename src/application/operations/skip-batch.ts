import type { Offset } from '../../domain/types.ts';
import { QueueError } from '../errors.ts';
import { recordAt } from '../event-log/record-at.ts';
import type { DeadLetters } from '../ports/dead-letters.port.ts';
import type { LogReader } from '../ports/log-reader.port.ts';

/** The error code of a dead letter that holds the bytes of a whole batch. */
export const UNDECODABLE_BATCH = 'UNDECODABLE_BATCH';

export interface SkippedBatch {
  readonly partition: number;
  readonly firstOffset: Offset;
  readonly lastOffset: Offset;
  readonly reason: string;
  readonly is: 'skipped' | 'skipped before';
}

/**
 * Writes the dead letter of the batch at `offset`, with the bytes of the batch. From then on every reader passes its offsets. The
 * records in it are lost to the queue unless the bytes are repaired.
 * @throws QueueError `NOT_FOUND` beyond the log, `INVALID_REQUEST` when the batch can be decoded, `LOG_UNAVAILABLE`
 */
export async function skipBatch(
  { log, deadLetters }: { readonly log: LogReader; readonly deadLetters: DeadLetters },
  partition: number,
  offset: Offset,
): Promise<SkippedBatch> {
  const record = partition < log.partitions ? await recordAt(log, partition, offset) : undefined;
  if (!record) throw new QueueError('NOT_FOUND', `The log has no record at ${partition}/${offset}.`);
  if (!record.undecodable)
    throw new QueueError('INVALID_REQUEST', `The batch at ${partition}/${offset} can be decoded: it is not skipped.`);
  const { firstOffset, reason } = record.undecodable;
  const batch = { partition, firstOffset, lastOffset: record.offset, reason };
  if ((await deadLetters.of(partition)).get(record.offset) === record.timestamp)
    return { ...batch, is: 'skipped before' };
  await deadLetters.add(record, { code: UNDECODABLE_BATCH, message: reason });
  return { ...batch, is: 'skipped' };
}
