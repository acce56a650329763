import type { Receipt } from '../ports/event-log.port.ts';

/** The part of an append result that the caller sees: without the timestamp. */
export function receiptOf({ topic, partition, offset }: Receipt): Receipt {
  return { topic, partition, offset };
}
