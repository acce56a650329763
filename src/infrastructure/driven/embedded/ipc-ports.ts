import { partitionOf } from '../../../application/event-log/partitioner.ts';
import type { EventLog } from '../../../application/ports/event-log.port.ts';
import type { QueueViewReader } from '../../../application/ports/queue-view.port.ts';
import type { RebuildRequests } from '../../../application/ports/rebuild-requests.port.ts';
import type { IpcClient } from './ipc-client.ts';
import type { LocalLog } from './local-log.ts';

/** The log of the running server. */
export function remoteLog(server: IpcClient, { topic, partitions }: LocalLog): EventLog {
  return {
    topic,
    partitions,
    partitionOf: (concertId) => partitionOf(concertId, partitions),
    append: (event, urgency) => server.call('log.append', event, urgency),
    endOffset: (partition) => server.call('log.endOffset', partition),
    isWritable: () => server.call('log.isWritable'),
    now: () => undefined, // no command decides by log time
  };
}

/** The view in the memory of the running server. */
export function remoteView(server: IpcClient): QueueViewReader {
  return {
    queue: (concertId) => server.call('view.queue', concertId),
    entry: (concertId, userId) => server.call('view.entry', concertId, userId),
    entries: (concertId, userIds) => server.call('view.entries', concertId, userIds),
    progress: (partition, concertId) => server.call('view.progress', partition, concertId),
    deadLetter: (partition, offset) => server.call('view.deadLetter', partition, offset),
    concerts: (partition) => server.call('view.concerts', partition),
    ping: () => server.call('view.ping'),
  };
}

export function remoteRebuilds(server: IpcClient): RebuildRequests {
  return {
    request: (partition, id, concertId) => server.call('rebuild.request', partition, id, concertId),
    latest: (partition) => server.call('rebuild.latest', partition),
    report: (partition, id, progress) => server.call('rebuild.report', partition, id, progress),
  };
}
