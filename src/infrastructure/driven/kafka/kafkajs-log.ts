import type { LogEntry, logCreator } from 'kafkajs';
import type { Logger } from '../../../application/ports/logger.port.ts';
import { deduplicatingLogger } from './deduplicating-logger.ts';

/** Passes on the log of kafkajs. Errors become warnings, because the adapters retry them or throw a FatalError. */
export function kafkajsLog(log: Logger): logCreator {
  const deduplicated = deduplicatingLogger(log);
  return () => (entry) => {
    if (entry.label === 'ERROR' || entry.label === 'WARN') deduplicated.warn(text(entry));
    else deduplicated.debug(text(entry));
  };
}

function text({ namespace, log }: LogEntry): string {
  const error: unknown = log['error'];
  const reason = typeof error === 'string' ? `: ${error}` : error instanceof Error ? `: ${error.message}` : '';
  const broker: unknown = log['broker'];
  const where = typeof broker === 'string' ? ` (${broker})` : '';
  return `kafkajs ${namespace}: ${log.message}${reason}${where}`;
}
