import type { QueueEvent } from '../../domain/events.generated.ts';
import type { ProducerRecord } from './micro-batcher.ts';
import { keyOf } from './partitioner.ts';
import { provenanceHeaders } from './request-context.ts';

/** The record of an event, with the headers of the current request. @param value the encoded event */
export function producerRecord(event: QueueEvent, partition: number, value: Buffer): ProducerRecord {
  const headers = provenanceHeaders();
  const key = keyOf(event);
  return headers ? { partition, key, value, headers } : { partition, key, value };
}
