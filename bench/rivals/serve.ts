/** One rival as a process of its own: `serve.ts <name> <port>`; the servers come from the environment. */
import { atOnceDesk } from './at-once-desk.ts';
import { given, literalServers } from './literal-servers.ts';
import type { Desk, Door } from './rival.ts';
import { type RivalKind, rivalNamed } from './rivals.ts';

async function doorOf({ door }: RivalKind): Promise<Door> {
  switch (door) {
    case 'bare':
      return (await import('./bare-door.ts')).bareDoor;
    case 'fastify':
      return (await import('./fastify-door.ts')).fastifyDoor;
    case 'express':
      return (await import('./express-door.ts')).expressDoor;
  }
}

async function deskOf({ desk }: RivalKind): Promise<Desk> {
  switch (desk) {
    case 'at-once':
      return atOnceDesk;
    case 'direct':
      return (await import('./direct-desks.ts')).directDesk(given('REDIS_URL'), given('NAME_PREFIX'));
    case 'direct-one-call':
      return (await import('./direct-desks.ts')).directInOneCallDesk(given('REDIS_URL'), given('NAME_PREFIX'));
    case 'literal':
      return (await import('./literal-desk.ts')).literalDesk(literalServers());
  }
}

// Without it the signal would end it before its profile is written.
process.once('SIGTERM', () => process.exit());
const kind = rivalNamed(process.argv[2]);
const [door, desk] = await Promise.all([doorOf(kind), deskOf(kind)]);
await door(desk, Number(process.argv[3]));
