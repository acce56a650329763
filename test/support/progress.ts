import { RedisKeys } from '../../src/infrastructure/redis/redis-keys.ts';
import type { Installation } from './installation.ts';
import { countRecords, withServer } from './local-log.ts';

/** How many records of the log the partitions' records in the view say are folded. */
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
      Promise.all(partitions.map(async (partition) => (await server.call('view.partition', partition))?.checkpoint)),
    );
  const { redis } = installation;
  const keys = new RedisKeys(prefix);
  return Promise.all(partitions.map((partition) => redis.hget(keys.partition(partition), '@checkpoint')));
}

/** How many records the log holds. */
export async function loggedRecords(installation: Installation): Promise<number> {
  if (installation.local) return countRecords(installation.local);
  return installation.withAdmin(async (admin) => {
    const partitions = await admin.fetchTopicOffsets(installation.topic);
    return partitions.reduce((sum, { high }) => sum + Number(high), 0);
  });
}
