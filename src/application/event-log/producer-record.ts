import type { QueueEvent } from '../../domain/events.generated.ts';
import type { ProducerRecord } from './micro-batcher.ts';
import { keyOf } from './partitioner.ts';
import { provenanceHeaders } from './request-context.ts';

/** The record of an event that is appended now, on behalf of whoever asks. @param value the event's bytes */
export function producerRecord(event: QueueEvent, partition: number, value: Buffer): ProducerRecord {
  const headers = provenanceHeaders();
  const key = keyOf(event);
  return headers ? { partition, key, value, headers } : { partition, key, value };
}
