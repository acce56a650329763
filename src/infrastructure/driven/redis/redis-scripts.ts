import { readFileSync } from 'node:fs';
import type { ClientContext, Cluster, Redis, Result } from 'ioredis';

/** Scripts by command name, with their number of keys. The header of each file names its arguments and result. */
const SCRIPTS = {
  advanceHead: { file: 'advance-head', numberOfKeys: 4 },
  stage: { file: 'stage', numberOfKeys: 5 },
  activateGeneration: { file: 'activate-generation', numberOfKeys: 8 },
  checkHead: { file: 'check-head', numberOfKeys: 4 },
  readEntries: { file: 'read-entries', numberOfKeys: 4 },
  advancePartition: { file: 'advance-partition', numberOfKeys: 1 },
  requestRebuild: { file: 'request-rebuild', numberOfKeys: 1 },
  reportRebuild: { file: 'report-rebuild', numberOfKeys: 1 },
  countRequests: { file: 'count-requests' }, // the first argument is the number of keys
} as const;

declare module 'ioredis' {
  interface RedisCommander<Context extends ClientContext = { type: 'default' }> {
    advanceHead(keys: readonly string[], args: readonly string[]): Result<unknown, Context>;
    stage(keys: readonly string[], args: readonly string[]): Result<unknown, Context>;
    activateGeneration(keys: readonly string[], args: readonly string[]): Result<unknown, Context>;
    checkHead(keys: readonly string[], args: readonly string[]): Result<unknown, Context>;
    readEntries(keys: readonly string[], args: readonly string[]): Result<unknown, Context>;
    advancePartition(keys: readonly string[], args: readonly string[]): Result<unknown, Context>;
    requestRebuild(keys: readonly string[], args: readonly string[]): Result<unknown, Context>;
    reportRebuild(keys: readonly string[], args: readonly string[]): Result<unknown, Context>;
    countRequests(numberOfKeys: number, keys: readonly string[], seconds: string): Result<unknown, Context>;
  }
}

/** Defines every script as a command of the client: sent as EVALSHA, and as EVAL if the server does not have it. */
export function defineScripts(client: Redis | Cluster): void {
  const shared = source('generation');
  for (const [name, { file, ...keys }] of Object.entries(SCRIPTS)) {
    client.defineCommand(name, { ...keys, lua: `${shared}\n${source(file)}` });
  }
}

function source(name: string): string {
  return readFileSync(new URL(`./scripts/${name}.lua`, import.meta.url), 'utf8');
}
