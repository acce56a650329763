/** One rival as a process of its own: `serve.ts <name> <port>`; the servers come from the environment. */

import type { Desk, Door } from './baseline.ts';
import { type RivalKind, rivalNamed } from './baselines.ts';
import { given, literalServers } from './naive-servers.ts';
import { atOnceDesk } from './no-op-backend.ts';

async function doorOf({ door }: RivalKind): Promise<Door> {
  switch (door) {
    case 'node-http':
      return (await import('./node-http-server.ts')).bareDoor;
    case 'fastify':
      return (await import('./fastify-server.ts')).fastifyDoor;
    case 'express':
      return (await import('./express-server.ts')).expressDoor;
  }
}

async function deskOf({ desk }: RivalKind): Promise<Desk> {
  switch (desk) {
    case 'no-op':
      return atOnceDesk;
    case 'redis-sync':
      return (await import('./redis-sync-backends.ts')).directDesk(given('REDIS_URL'), given('NAME_PREFIX'));
    case 'redis-sync-script':
      return (await import('./redis-sync-backends.ts')).directInOneCallDesk(given('REDIS_URL'), given('NAME_PREFIX'));
    case 'naive':
      return (await import('./naive-backend.ts')).literalDesk(literalServers());
  }
}

// Without it the signal would end it before its profile is written.
process.once('SIGTERM', () => process.exit());
const kind = rivalNamed(process.argv[2]);
const [door, desk] = await Promise.all([doorOf(kind), deskOf(kind)]);
await door(desk, Number(process.argv[3]));
