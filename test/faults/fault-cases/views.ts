/** The Redis that holds the view dies, forgets, or takes no more. */
import { execFile } from 'node:child_process';
import { stat, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import { Redis } from 'ioredis';
import { type PrivateRedis, startPrivateRedis } from '../../support/dedicated-redis.ts';
import { eventually } from '../../support/eventually.ts';
import type { Caught } from '../../support/tcp-proxy.ts';
import type { Cell } from '../fault-case.ts';
import type { Scene } from '../fault-environment.ts';

const FORGOTTEN_MS = 2_000;
const APPENDED = join('appendonlydir', 'appendonly.aof.1.incr.aof');
/** A write beyond the limit on the size of files fails, instead of ending the process: as a full disk has it. */
const UNDER_A_LIMIT = ['env', '--ignore-signal=XFSZ'];
const phase = 'after apply, before commit';
const replicas = new WeakMap<Scene, PrivateRedis>();

export const VIEWS: readonly Cell[] = [
  {
    fault: 'kill -9 Redis',
    phase,
    isDark: true,
    cause: async ({ redis }, caught) => {
      await redis.kill9();
      caught.drop();
    },
    heal: ({ redis }) => redis.restart(),
  },
  {
    fault: 'Redis restarted with its tail cut',
    phase,
    isDark: true,
    cause: (scene, caught) => cutTail(scene, caught, () => scene.redis.kill9()),
    heal: ({ redis }) => redis.restart(),
  },
  {
    fault: 'Redis restarted with its tail cut, the projector killed with it',
    phase,
    isDark: true,
    cause: (scene, caught) =>
      cutTail(scene, caught, async () => void (await Promise.all([scene.redis.kill9(), scene.projector.kill9()]))),
    heal: async (scene) => {
      await scene.redis.restart();
      await scene.startProjector();
    },
  },
  {
    fault: 'Redis dies, a replica that lags is promoted',
    phase,
    isDark: true,
    cause: async (scene, caught) => {
      caught.pass();
      const replica = await replicaOf(scene);
      replica.pause();
      await pause(FORGOTTEN_MS / 2); // what is written now, the replica never sees
      const again = await scene.reach({ phase });
      scene.strikes();
      await scene.redis.kill9();
      again.drop();
      replica.resume();
    },
    heal: async (scene) => {
      const replica = replicas.get(scene);
      if (!replica) throw new Error('there is no replica');
      await withHand(replica, (hand) => hand.replicaof('NO', 'ONE'));
      scene.redisProxy.targetPort = replica.port;
    },
  },
  {
    fault: 'FLUSHALL',
    phase,
    short: true,
    lastsMs: 0,
    cause: async ({ redis }, caught) => {
      await withHand(redis, (hand) => hand.flushall());
      caught.pass();
    },
    heal: async () => undefined,
  },
  {
    fault: 'SCRIPT FLUSH',
    phase,
    lastsMs: 0,
    cause: async ({ redis }, caught) => {
      await withHand(redis, (hand) => hand.script('FLUSH'));
      caught.pass();
    },
    heal: async () => undefined,
  },
  {
    fault: 'Redis out of memory (noeviction)',
    phase,
    isDark: true,
    cause: async ({ redis }, caught) => {
      await withHand(redis, (hand) => hand.config('SET', 'maxmemory', '1'));
      caught.pass();
    },
    heal: async ({ redis }) => {
      await withHand(redis, (hand) => hand.config('SET', 'maxmemory', '0'));
    },
  },
  {
    fault: "Redis' disk full",
    phase,
    isDark: true,
    setting: { redisLauncher: UNDER_A_LIMIT },
    cause: async ({ redis, notes }, caught) => {
      await largestFile(redis, '1');
      caught.pass();
      const refused = () => withHand(redis, (hand) => hand.set('x', 'y')).then(String, String);
      await eventually(async () => (await refused()).includes('MISCONF'), { within: 10_000, every: 50 });
      notes.push('writes were refused (MISCONF)');
    },
    heal: ({ redis }) => largestFile(redis, 'unlimited'),
  },
];

/** Kills, and takes from the file what was written in the last seconds: as much as a disk that lost its cache would have. */
export async function cutTail(scene: Scene, caught: Caught, kill: () => Promise<void>): Promise<void> {
  const file = join(scene.redis.dataDirectory, APPENDED);
  const { size } = await stat(file);
  caught.pass();
  await pause(FORGOTTEN_MS);
  const again = await scene.reach({ phase });
  scene.strikes();
  await kill();
  again.drop();
  scene.notes.push(`lost ${(await stat(file)).size - size} bytes`);
  await truncate(file, size);
}

async function withHand<T>(redis: PrivateRedis, work: (hand: Redis) => Promise<T>): Promise<T> {
  const hand = new Redis(redis.url);
  try {
    return await work(hand);
  } finally {
    hand.disconnect();
  }
}

async function replicaOf(scene: Scene): Promise<PrivateRedis> {
  const replicaof = `127.0.0.1 ${scene.redis.port}`;
  const replica = scene.resources.use(await startPrivateRedis({ replicaof }));
  replicas.set(scene, replica);
  await withHand(replica, (hand) =>
    eventually(async () => (await hand.info('replication')).includes('master_link_status:up')),
  );
  return replica;
}

/** The soft limit alone: it may be lifted again without any right. */
async function largestFile({ pid }: PrivateRedis, bytes: string): Promise<void> {
  await promisify(execFile)('prlimit', ['--pid', `${pid}`, `--fsize=${bytes}:`]);
}
