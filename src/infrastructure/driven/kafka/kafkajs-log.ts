import type { LogEntry, logCreator } from 'kafkajs';
import type { Logger } from '../../../application/ports/logger.port.ts';
import { deduplicatingLogger } from './deduplicating-logger.ts';

/**
 * Hands on what kafkajs logs. Its errors become warnings: all of them are retried here, and what no retry mends is told by a
 * FatalError.
 */
export function kafkajsLog(log: Logger): logCreator {
  const quiet = deduplicatingLogger(log);
  return () => (entry) => {
    if (entry.label === 'ERROR' || entry.label === 'WARN') quiet.warn(text(entry));
    else quiet.debug(text(entry));
  };
}

function text({ namespace, log }: LogEntry): string {
  const error: unknown = log['error'];
  const reason = typeof error === 'string' ? `: ${error}` : error instanceof Error ? `: ${error.message}` : '';
  const broker: unknown = log['broker'];
  const where = typeof broker === 'string' ? ` (${broker})` : '';
  return `kafkajs ${namespace}: ${log.message}${reason}${where}`;
}
