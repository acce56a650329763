/**
 * What each guard costs a request for entry: `node bench/regression-checks.ts [seconds] [rounds]`. The route answers at once, with one guard
 * hung before it or none, in turn; this process's own CPU is divided by the answers. Limits in Redis need REDIS_URL.
 */
import { randomBytes } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import { run } from '../tools/load/load.ts';
import { built } from './baselines/built.ts';
import { fastifyServer } from './baselines/fastify-server.ts';
import { atOnceDesk } from './baselines/no-op-backend.ts';

const http = <T>(name: string): Promise<T> => built<T>(`infrastructure/driving/http/${name}`);
const { setSecurityHeaders } =
  await http<typeof import('../src/infrastructure/driving/http/security-headers.ts')>('security-headers');
const { limitInFlightRequests, limitRequestsByAddress } =
  await http<typeof import('../src/infrastructure/driving/http/request-limit.hooks.ts')>('request-limit.hooks');
const { registerLoadShedding } =
  await http<typeof import('../src/infrastructure/driving/http/load-shedding.ts')>('load-shedding');
const { registerAuthHooks } =
  await http<typeof import('../src/infrastructure/driving/http/auth.hooks.ts')>('auth.hooks');
const { EntryRateLimiter } = await built<typeof import('../src/application/commands/entry-rate-limiter.ts')>(
  'application/commands/entry-rate-limiter',
);
const { FlexibleRequestLimits } = await built<
  typeof import('../src/infrastructure/driven/rate-limits/request-limits.flexible.ts')
>('infrastructure/driven/rate-limits/request-limits.flexible');
const { connectRedis, untilReady } = await built<typeof import('../src/infrastructure/driven/redis/redis-client.ts')>(
  'infrastructure/driven/redis/redis-client',
);
const { staticTokens } = await built<typeof import('../src/infrastructure/driven/tokens/bearer.ts')>(
  'infrastructure/driven/tokens/bearer',
);
const { BearerAuthentication } = await built<
  typeof import('../src/infrastructure/driven/tokens/bearer-authentication.ts')
>('infrastructure/driven/tokens/bearer-authentication');
const { HmacEntryTokens } = await built<typeof import('../src/infrastructure/driven/tokens/entry-token.hmac.ts')>(
  'infrastructure/driven/tokens/entry-token.hmac',
);

const [seconds = 3, rounds = 3] = process.argv.slice(2).map(Number);
const MANY = 1_000_000_000;
const CONNECTIONS = 64;
const secret = randomBytes(24).toString('hex');
const url = process.env['REDIS_URL'];
const redis = url === undefined ? undefined : connectRedis({ url }, 'count', console.error);
if (redis) await untilReady(redis, 5_000);
const namePrefix = `bench-guards-${randomBytes(3).toString('hex')}.`;

const entry = new HmacEntryTokens([secret]);
const admission = { sign: notAsked, verify: notAsked, publicKeys: { keys: [] } };
const callers = new BearerAuthentication(
  { staticTokens: staticTokens(secret, `${secret}s`), entry, admission, provider: undefined },
  'open',
);
const limits = (perAddress: number, perUser: number, store?: typeof redis) =>
  new FlexibleRequestLimits({ perAddress, perUser, namePrefix }, store);
const guards = (asked = limits(0, 0), accepts = 0) => ({
  authentication: callers,
  limits: asked,
  entryRateLimiter: new EntryRateLimiter(accepts),
});
const behindDoor =
  (...given: Parameters<typeof guards>) =>
  (server: FastifyInstance) => {
    server.decorateRequest('entryRight', null);
    server.addHook('onRoute', registerAuthHooks(guards(...given)));
  };

const GUARDS: Readonly<Record<string, (server: FastifyInstance) => void>> = {
  none: () => undefined,
  'security headers': setSecurityHeaders,
  'most in flight': (server) => limitInFlightRequests(server),
  'refusal while behind': (server) => registerLoadShedding(server),
  'door `entry`, ENTRY_AUTH=open': behindDoor(),
  'that and ACCEPT_LIMIT_PER_SECOND': behindDoor(limits(0, 0), MANY),
  'RATE_LIMIT_PER_ADDRESS in memory': (server) => limitRequestsByAddress(server, guards(limits(MANY, 0))),
  'door and RATE_LIMIT_PER_USER in memory': behindDoor(limits(0, MANY)),
  ...(redis && {
    'RATE_LIMIT_PER_ADDRESS in Redis': (server) => limitRequestsByAddress(server, guards(limits(MANY, 0, redis))),
    'door and RATE_LIMIT_PER_USER in Redis': behindDoor(limits(0, MANY, redis)),
  }),
};

const micros = new Map(Object.keys(GUARDS).map((name): [string, number[]] => [name, []]));
for (let round = -1; round < rounds; round++)
  for (const [name, hang] of Object.entries(GUARDS)) {
    const spent = await measured(hang, round);
    if (round >= 0) micros.get(name)?.push(spent); // the first is for the compiler
  }
const none = median(micros.get('none') ?? []);
for (const [name, all] of micros)
  console.log(
    `${name.padEnd(40)} ${(median(all) - none).toFixed(1).padStart(6)} µs  (${all.map((one) => one.toFixed(1)).join(', ')})`,
  );
judged('service token', () => callers.isInternalCaller(`Bearer ${secret}s`));
const token = `Bearer ${entry.sign({ userId: 'u-1', concertId: 'c1', partition: 3, offset: 41 })}`;
judged('entry token (not asked of an entry)', () => callers.verifyEntryToken(token, 'c1'));
redis?.disconnect(); // its keys are gone in a minute

/** Microseconds of this process for each answer. */
async function measured(hang: (server: FastifyInstance) => void, round: number): Promise<number> {
  const server = fastifyServer(atOnceDesk, hang);
  const address = await server.listen({ port: 0, host: '127.0.0.1' });
  const ask = { kind: 'entries', userPrefix: `g${round}-`, concertPrefix: 'concert-', concerts: 1 } as const;
  const before = process.cpuUsage();
  const { answers, refused } = await run({
    address,
    connections: CONNECTIONS,
    seconds,
    ask,
  });
  const { user, system } = process.cpuUsage(before);
  await server.close();
  if (refused > 0) throw new Error(`${refused} were refused`);
  return (user + system) / answers;
}

function judged(name: string, judge: () => unknown): void {
  const times = 200_000;
  for (let time = 0; time < times / 4; time++) judge();
  const { user } = process.cpuUsage();
  for (let time = 0; time < times; time++) judge();
  console.log(`${name.padEnd(40)} ${((process.cpuUsage().user - user) / times).toFixed(1).padStart(6)} µs`);
}

function median(all: readonly number[]): number {
  return all.toSorted((a, b) => a - b)[Math.floor(all.length / 2)] ?? 0;
}

function notAsked(): never {
  throw new Error('not asked');
}
