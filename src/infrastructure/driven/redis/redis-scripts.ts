import { readFileSync } from 'node:fs';
import type { ClientContext, Cluster, Redis, Result } from 'ioredis';

/** The scripts by the name of their command, with their number of keys. The headers of the files say the rest. */
const SCRIPTS = {
  advanceHead: { file: 'advance-head', numberOfKeys: 4 },
  stage: { file: 'stage', numberOfKeys: 5 },
  activateGeneration: { file: 'activate-generation', numberOfKeys: 8 },
  checkHead: { file: 'check-head', numberOfKeys: 4 },
  readEntries: { file: 'read-entries', numberOfKeys: 4 },
  advancePartition: { file: 'advance-partition', numberOfKeys: 1 },
  requestRebuild: { file: 'request-rebuild', numberOfKeys: 1 },
  reportRebuild: { file: 'report-rebuild', numberOfKeys: 1 },
  countRequests: { file: 'count-requests' }, // as many keys as its first argument says
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

/** Makes every script a command of the client, sent by its hash, and as a whole to a server that does not know it (any more). */
export function defineScripts(client: Redis | Cluster): void {
  const shared = source('generation');
  for (const [name, { file, ...keys }] of Object.entries(SCRIPTS)) {
    client.defineCommand(name, { ...keys, lua: `${shared}\n${source(file)}` });
  }
}

function source(name: string): string {
  return readFileSync(new URL(`./scripts/${name}.lua`, import.meta.url), 'utf8');
}
