import type { Receipt } from './event-log.port.ts';
import type { LogRecord } from './log-subscription.port.ts';

/** Appends a record of the log again. */
export interface Redriver {
  /**
   * Appends the original key and bytes to the record's own partition, with headers that name its original position.
   * Rejects when the append fails or its outcome is unknown. Repeating it is harmless: a redrive counts once.
   */
  append(record: LogRecord): Promise<Receipt>;
}
