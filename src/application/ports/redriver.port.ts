import type { Receipt } from './event-log.port.ts';
import type { LogRecord } from './log-subscription.port.ts';

/** Says a record of the log again. */
export interface Redriver {
  /**
   * Appends the original key and bytes to the record's own partition, with headers that name where it stood before.
   * Rejects when that fails or its fate is unknown: repeating it is harmless, since a redrive counts once.
   */
  append(record: LogRecord): Promise<Receipt>;
}
