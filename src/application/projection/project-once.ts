import { setImmediate as turn } from 'node:timers/promises';
import { allPartitions } from '../event-log/partitioner.ts';
import type { DeadLetters } from '../ports/dead-letters.port.ts';
import type { LogReader } from '../ports/log-reader.port.ts';
import type { QueueViewWriter } from '../ports/queue-view.port.ts';
import type { EventReader } from './event-reader.ts';
import { PartitionProjection } from './partition-projection.ts';

export interface ProjectOnceDependencies {
  readonly log: LogReader;
  readonly deadLetters: Pick<DeadLetters, 'of' | 'timeCorrections'>;
  readonly reader: EventReader;
  /** An empty view to write the queues to. */
  readonly view: QueueViewWriter;
}

/** Folds the log up to its current end into a view. For tools that inspect a log while no server runs. */
export async function projectOnce({ log, deadLetters, reader, view }: ProjectOnceDependencies): Promise<void> {
  const partitions = allPartitions(log.partitions);
  const ends = await log.ends(partitions);
  for (const partition of partitions) {
    const end = ends.get(partition) ?? 0;
    const projection = new PartitionProjection(partition, {
      view,
      // Read-only: an unreadable record without a dead letter is skipped here and not written to the dead letters.
      deadLetters: {
        of: (number) => deadLetters.of(number),
        timeCorrections: (number) => deadLetters.timeCorrections(number),
        add: async () => undefined,
        correctTimes: async () => undefined,
      },
      reader,
      endOffset: async () => end,
      onDeadLetter: () => undefined,
    });
    await projection.load();
    for await (const records of log.read(partition, 0, end)) await projection.consume(records);
    await projection.pass(end);
    while ([...projection.concerts.values()].some(({ inSync }) => !inSync)) {
      await turn();
      await projection.flush();
    }
    projection.release();
  }
}
