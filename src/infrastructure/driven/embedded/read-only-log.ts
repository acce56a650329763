import { partitionOf } from '../../../application/event-log/partitioner.ts';
import type { EventLog } from '../../../application/ports/event-log.port.ts';
import { noServerError } from './ipc-client.ts';
import type { LocalLog } from './local-log.ts';
import { SqliteLogReader } from './sqlite-log-reader.ts';

/** The log while no server runs: it can be read, and every append rejects. */
export function readOnlyLog(log: LocalLog, directory: string): EventLog {
  const reader = new SqliteLogReader(log);
  const { topic, partitions } = log;
  return {
    topic,
    partitions,
    partitionOf: (concertId) => partitionOf(concertId, partitions),
    append: () => Promise.reject(noServerError(directory, 'only a server writes the log')),
    endOffset: async (partition) => (await reader.ends([partition])).get(partition) ?? 0,
    isWritable: async () => false,
    now: () => undefined,
  };
}
