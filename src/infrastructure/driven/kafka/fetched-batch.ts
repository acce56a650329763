import type { EachBatchPayload } from 'kafkajs';
import KafkajsBatch, { type FetchedMessage } from 'kafkajs/src/consumer/batch.js';
import type { LogRecord } from '../../../application/ports/log-subscription.port.ts';
import type { Offset } from '../../../domain/types.ts';
import { logRecord } from './log-record.ts';

/** The records of one partition in one fetch: all records from `start` up to, not including, `end`. */
export interface FetchedBatch {
  readonly partition: number;
  readonly start: Offset;
  readonly end: Offset;
  /** The log had records after `end` at the time of the fetch. */
  readonly hasMore: boolean;
  readonly records: readonly LogRecord[];
}

/** The public type of kafkajs lacks the fetched offset. @throws TypeError after an incompatible update of kafkajs */
export function fetchedBatch(batch: EachBatchPayload['batch']): FetchedBatch {
  if (!(batch instanceof KafkajsBatch)) throw new TypeError('kafkajs passed a batch of an unknown class');
  const { partition, fetchedOffset } = batch;
  const messages: readonly FetchedMessage[] = batch.messages;
  const end = Number(batch.lastOffset()) + 1;
  return {
    partition,
    start: Number(fetchedOffset),
    end,
    hasMore: end < Number(batch.highWatermark),
    records: messages.map((message) => logRecord(partition, message)),
  };
}
