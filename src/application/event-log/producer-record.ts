import type { QueueEvent } from '../../domain/events.generated.ts';
import type { EventCodec } from '../ports/event-codec.port.ts';
import type { ProducerRecord } from './micro-batcher.ts';
import { keyOf } from './partitioner.ts';
import { provenanceHeaders } from './request-context.ts';
import { SCHEMA } from './schema-fingerprint.ts';

/** The record of an event, with the fingerprint of its schema and the headers of the current request. @throws as `encode` */
export function producerRecord(
  event: QueueEvent,
  partition: number,
  codec: Pick<EventCodec, 'encode' | 'fingerprintOf'>,
): ProducerRecord {
  const value = codec.encode(event);
  const headers = { [SCHEMA]: codec.fingerprintOf(value), ...provenanceHeaders() };
  return { partition, key: keyOf(event), value, headers };
}
