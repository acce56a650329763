/** Runs one baseline: `serve.ts <name> <port>`; the servers come from the environment. */

import type { Backend, ServeHttp } from './baseline.ts';
import { type Baseline, baselineNamed } from './baselines.ts';
import { naiveServers, requiredSetting } from './naive-servers.ts';
import { noOpBackend } from './no-op-backend.ts';

async function serverOf({ server }: Baseline): Promise<ServeHttp> {
  switch (server) {
    case 'node-http':
      return (await import('./node-http-server.ts')).serveNodeHttp;
    case 'fastify':
      return (await import('./fastify-server.ts')).serveFastify;
    case 'express':
      return (await import('./express-server.ts')).serveExpress;
  }
}

async function backendOf({ backend }: Baseline): Promise<Backend> {
  switch (backend) {
    case 'no-op':
      return noOpBackend;
    case 'redis-sync':
      return (await import('./redis-sync-backends.ts')).redisSyncBackend(
        requiredSetting('REDIS_URL'),
        requiredSetting('NAME_PREFIX'),
      );
    case 'redis-sync-script':
      return (await import('./redis-sync-backends.ts')).redisScriptBackend(
        requiredSetting('REDIS_URL'),
        requiredSetting('NAME_PREFIX'),
      );
    case 'naive':
      return (await import('./naive-backend.ts')).naiveBackend(naiveServers());
  }
}

// Lets Node write the CPU profile on SIGTERM.
process.once('SIGTERM', () => process.exit());
const kind = baselineNamed(process.argv[2]);
const [serve, backend] = await Promise.all([serverOf(kind), backendOf(kind)]);
await serve(backend, Number(process.argv[3]));
