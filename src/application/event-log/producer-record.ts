import type { QueueEvent } from '../../domain/events.generated.ts';
import type { Outgoing } from './micro-batcher.ts';
import { keyOf } from './partitioner.ts';
import { provenance } from './request-context.ts';

/** The record of an event that is appended now, on behalf of whoever asks. @param value the event's bytes */
export function outgoing(event: QueueEvent, partition: number, value: Buffer): Outgoing {
  const headers = provenance();
  const key = keyOf(event);
  return headers ? { partition, key, value, headers } : { partition, key, value };
}
