import { setImmediate as turn } from 'node:timers/promises';
import { allPartitions } from '../event-log/partitioner.ts';
import type { DeadLetters } from '../ports/dead-letters.port.ts';
import type { LogReader } from '../ports/log-reader.port.ts';
import type { QueueViewWriter } from '../ports/queue-view.port.ts';
import type { EventReader } from './event-reader.ts';
import { PartitionProjection } from './partition-projection.ts';

export interface ProjectOncePorts {
  readonly log: LogReader;
  readonly deadLetters: Pick<DeadLetters, 'of'>;
  readonly reader: EventReader;
  /** Where the queues are written: an empty view of the caller's own. */
  readonly view: QueueViewWriter;
}

/** Folds all that the log holds now into a view, once: for whoever looks at a log that nobody projects. */
export async function projectOnce({ log, deadLetters, reader, view }: ProjectOncePorts): Promise<void> {
  const partitions = allPartitions(log.partitions);
  const ends = await log.ends(partitions);
  for (const partition of partitions) {
    const end = ends.get(partition) ?? 0;
    const projection = new PartitionProjection(partition, {
      view,
      // What nobody has written down yet as a dead letter is passed over here, and nowhere else.
      deadLetters: { of: (of) => deadLetters.of(of), add: async () => undefined },
      reader,
      endOffset: async () => end,
      onDeadLetter: () => undefined,
    });
    await projection.load();
    for await (const records of log.read(partition, 0, end)) await projection.consume(records);
    while ([...projection.concerts.values()].some(({ settled }) => !settled)) {
      await turn();
      await projection.flush();
    }
    projection.release();
  }
}
