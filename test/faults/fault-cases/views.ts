/** The Redis of the view is killed, loses data, or rejects writes. */
import { execFile } from 'node:child_process';
import { stat, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import { Redis } from 'ioredis';
import { type DedicatedRedis, startDedicatedRedis } from '../../support/dedicated-redis.ts';
import { eventually } from '../../support/eventually.ts';
import type { HeldMessage } from '../../support/tcp-proxy.ts';
import type { FaultCase } from '../fault-case.ts';
import type { FaultEnvironment } from '../fault-environment.ts';

const LOST_TAIL_MS = 2_000;
const APPENDED = join('appendonlydir', 'appendonly.aof.1.incr.aof');
/** A write beyond the file size limit fails instead of ending the process, like on a full disk. */
const WITH_FILE_LIMIT = ['env', '--ignore-signal=XFSZ'];
const phase = 'after apply, before commit';
const replicas = new WeakMap<FaultEnvironment, DedicatedRedis>();

export const VIEW_CASES: readonly FaultCase[] = [
  {
    fault: 'kill -9 Redis',
    phase,
    outage: true,
    cause: async ({ redis }, held) => {
      await redis.kill9();
      held.drop();
    },
    heal: ({ redis }) => redis.restart(),
  },
  {
    fault: 'Redis restarted with its tail cut',
    phase,
    outage: true,
    cause: (environment, held) => cutAppendOnlyFile(environment, held, () => environment.redis.kill9()),
    heal: ({ redis }) => redis.restart(),
  },
  {
    fault: 'Redis restarted with its tail cut, the projector killed with it',
    phase,
    outage: true,
    cause: (environment, held) =>
      cutAppendOnlyFile(
        environment,
        held,
        async () => void (await Promise.all([environment.redis.kill9(), environment.projector.kill9()])),
      ),
    heal: async (environment) => {
      await environment.redis.restart();
      await environment.startProjector();
    },
  },
  {
    fault: 'Redis dies, a replica that lags is promoted',
    phase,
    outage: true,
    cause: async (environment, held) => {
      held.pass();
      const replica = await replicaOf(environment);
      replica.pause();
      await pause(LOST_TAIL_MS / 2); // the replica never gets the writes of this time
      const again = await environment.holdMessage({ phase });
      environment.markInjected();
      await environment.redis.kill9();
      again.drop();
      replica.resume();
    },
    heal: async (environment) => {
      const replica = replicas.get(environment);
      if (!replica) throw new Error('there is no replica');
      await withClient(replica, (client) => client.replicaof('NO', 'ONE'));
      environment.redisProxy.targetPort = replica.port;
    },
  },
  {
    fault: 'FLUSHALL',
    phase,
    short: true,
    lastsMs: 0,
    cause: async ({ redis }, held) => {
      await withClient(redis, (client) => client.flushall());
      held.pass();
    },
    heal: async () => undefined,
  },
  {
    fault: 'SCRIPT FLUSH',
    phase,
    lastsMs: 0,
    cause: async ({ redis }, held) => {
      await withClient(redis, (client) => client.script('FLUSH'));
      held.pass();
    },
    heal: async () => undefined,
  },
  {
    fault: 'Redis out of memory (noeviction)',
    phase,
    outage: true,
    cause: async ({ redis }, held) => {
      await withClient(redis, (client) => client.config('SET', 'maxmemory', '1'));
      held.pass();
    },
    heal: async ({ redis }) => {
      await withClient(redis, (client) => client.config('SET', 'maxmemory', '0'));
    },
  },
  {
    fault: "Redis' disk full",
    phase,
    outage: true,
    setup: { redisLauncher: WITH_FILE_LIMIT },
    cause: async ({ redis, notes }, held) => {
      await limitFileSize(redis, '1');
      held.pass();
      const setKey = () => withClient(redis, (client) => client.set('x', 'y')).then(String, String);
      await eventually(async () => (await setKey()).includes('MISCONF'), { within: 10_000, every: 50 });
      notes.push('writes were refused (MISCONF)');
    },
    heal: ({ redis }) => limitFileSize(redis, 'unlimited'),
  },
];

/** Kills Redis and removes its last writes from the file, as if a disk lost its cache. */
export async function cutAppendOnlyFile(
  environment: FaultEnvironment,
  held: HeldMessage,
  kill: () => Promise<void>,
): Promise<void> {
  const file = join(environment.redis.dataDirectory, APPENDED);
  const { size } = await stat(file);
  held.pass();
  await pause(LOST_TAIL_MS);
  const again = await environment.holdMessage({ phase });
  environment.markInjected();
  await kill();
  again.drop();
  environment.notes.push(`lost ${(await stat(file)).size - size} bytes`);
  await truncate(file, size);
}

async function withClient<T>(redis: DedicatedRedis, work: (client: Redis) => Promise<T>): Promise<T> {
  const client = new Redis(redis.url);
  try {
    return await work(client);
  } finally {
    client.disconnect();
  }
}

async function replicaOf(environment: FaultEnvironment): Promise<DedicatedRedis> {
  const replicaof = `127.0.0.1 ${environment.redis.port}`;
  const replica = environment.resources.use(await startDedicatedRedis({ replicaof }));
  replicas.set(environment, replica);
  await withClient(replica, (client) =>
    eventually(async () => (await client.info('replication')).includes('master_link_status:up')),
  );
  return replica;
}

/** Sets the soft limit only: it can be raised again without privileges. */
async function limitFileSize({ pid }: DedicatedRedis, bytes: string): Promise<void> {
  await promisify(execFile)('prlimit', ['--pid', `${pid}`, `--fsize=${bytes}:`]);
}
