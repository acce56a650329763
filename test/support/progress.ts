import { RedisKeys } from '../../src/infrastructure/redis/redis-keys.ts';
import type { Installation } from './installation.ts';

/** How many records of the log the partitions' records in Redis say are folded. */
export async function foldedRecords({ redis, prefix, partitions }: Installation): Promise<number> {
  const keys = new RedisKeys(prefix);
  const checkpoints = await Promise.all(
    Array.from({ length: partitions }, (_, partition) => redis.hget(keys.partition(partition), '@checkpoint')),
  );
  return checkpoints.reduce((sum, checkpoint) => sum + Number(checkpoint ?? -1) + 1, 0);
}

/** How many records the log holds. */
export function loggedRecords(installation: Installation): Promise<number> {
  return installation.withAdmin(async (admin) => {
    const partitions = await admin.fetchTopicOffsets(installation.topic);
    return partitions.reduce((sum, { high }) => sum + Number(high), 0);
  });
}
