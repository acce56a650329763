import { RedisKeys } from '../../src/infrastructure/driven/redis/redis-keys.ts';
import { eventually } from './eventually.ts';
import type { Installation } from './installation.ts';
import { countRecords, withServer } from './local-log.ts';

/** Number of folded records, by the checkpoints of the view. */
export async function foldedRecords(installation: Installation): Promise<number> {
  const partitions = Array.from({ length: installation.partitions }, (_, partition) => partition);
  const checkpoints = await checkpointsOf(installation, partitions);
  return checkpoints.reduce<number>((sum, checkpoint) => sum + Number(checkpoint ?? -1) + 1, 0);
}

async function checkpointsOf(
  installation: Installation,
  partitions: readonly number[],
): Promise<readonly (string | number | null | undefined)[]> {
  const { local, prefix } = installation;
  if (local)
    return withServer(local, (server) =>
      Promise.all(partitions.map(async (partition) => (await server.call('view.partition', partition))?.offset)),
    );
  const { redis } = installation;
  const keys = new RedisKeys(prefix);
  return Promise.all(partitions.map((partition) => redis.hget(keys.partition(partition), '@checkpoint')));
}

/** Number of records in the log. */
export async function loggedRecords(installation: Installation): Promise<number> {
  if (installation.local) return countRecords(installation.local);
  return (await endsOf(installation)).reduce((sum, { end }) => sum + end, 0);
}

/**
 * Resolves when the current records of every partition in Kafka are projected. A total would not do: while users enter, later
 * records of one partition make up for missing ones of another.
 */
export async function projected(installation: Installation, withinMs: number): Promise<void> {
  const ends = await endsOf(installation);
  const partitions = ends.map(({ partition }) => partition);
  const isProjected = async (): Promise<boolean> => {
    const checkpoints = await checkpointsOf(installation, partitions);
    return ends.every(({ end }, index) => Number(checkpoints[index] ?? -1) >= end - 1);
  };
  await eventually(isProjected, { within: withinMs });
}

async function endsOf(installation: Installation): Promise<readonly { partition: number; end: number }[]> {
  const offsets = await installation.withAdmin((admin) => admin.fetchTopicOffsets(installation.topic));
  return offsets.map(({ partition, high }) => ({ partition, end: Number(high) }));
}
