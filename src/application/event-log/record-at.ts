import type { Offset } from '../../domain/types.ts';
import type { LogReader } from '../ports/log-reader.port.ts';
import type { LogRecord } from '../ports/log-subscription.port.ts';

/** One record of the log; undefined if the log ends before it. Rejects while the log is unavailable. */
export async function recordAt(log: LogReader, partition: number, offset: Offset): Promise<LogRecord | undefined> {
  if (offset >= ((await log.ends([partition])).get(partition) ?? 0)) return undefined;
  for await (const [record] of log.read(partition, offset, offset + 1)) return record;
  return undefined;
}
