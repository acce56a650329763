import type { LogRecord } from './log-subscription.port.ts';

/** Follows single requests through processes, for whoever asks for traces; undefined wherever nobody does. */
export interface Tracing {
  /** Appends within a span of its own; the record carries on the trace by the headers given. */
  appending<T>(topic: string, append: (headers: Readonly<Record<string, string>>) => Promise<T>): Promise<T>;
  /** Folds and writes records, each in the trace that it came with. */
  projecting<T>(records: readonly LogRecord[], work: () => Promise<T>): Promise<T>;
}
