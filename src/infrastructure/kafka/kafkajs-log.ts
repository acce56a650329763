import type { LogEntry, logCreator } from 'kafkajs';
import type { KafkaLog } from './kafka-settings.ts';

const REPEATED_AFTER_MS = 10_000;

/**
 * Hands on what kafkajs logs. While a broker is away it says the same thing many times a second: the same line of the same
 * level is passed on once in ten seconds, with the number of those left out.
 *
 * Its errors become warnings: all of them are retried here, and what is not mended shows in a FatalError or in the state.
 */
export function kafkajsLog(log: KafkaLog, now: () => number = Date.now): logCreator {
  const seen = new Map<string, { at: number; leftOut: number }>();
  return () => (entry) => {
    const line = text(entry);
    const earlier = seen.get(line);
    const at = now();
    if (earlier && at - earlier.at < REPEATED_AFTER_MS) {
      earlier.leftOut++;
      return;
    }
    if (seen.size > 500) seen.clear();
    seen.set(line, { at, leftOut: 0 });
    const said = earlier?.leftOut ? `${line} (and ${earlier.leftOut} more)` : line;
    if (entry.label === 'ERROR' || entry.label === 'WARN') log.warn(said);
    else log.debug(said);
  };
}

function text({ namespace, log }: LogEntry): string {
  const error: unknown = log['error'];
  const because = typeof error === 'string' ? `: ${error}` : error instanceof Error ? `: ${error.message}` : '';
  const broker: unknown = log['broker'];
  const where = typeof broker === 'string' ? ` (${broker})` : '';
  return `kafkajs ${namespace}: ${log.message}${because}${where}`;
}
