import type { LogRecord } from './log-subscription.port.ts';

/** Traces requests across processes. Undefined if tracing is disabled. */
export interface Tracing {
  /** Appends within a span. The headers continue the trace in the record. */
  appending<T>(topic: string, append: (headers: Readonly<Record<string, string>>) => Promise<T>): Promise<T>;
  /** Projects records, each in its own trace. */
  projecting<T>(records: readonly LogRecord[], work: () => Promise<T>): Promise<T>;
}
