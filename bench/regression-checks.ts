/**
 * CPU cost of each request check: `node bench/regression-checks.ts [seconds] [rounds]`. A no-op route runs with one check or none,
 * alternating; the CPU time of this process is divided by the responses. Limits in Redis need REDIS_URL.
 */
import { randomBytes } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import { run } from '../tools/load/load.ts';
import { built } from './baselines/built.ts';
import { fastifyServer } from './baselines/fastify-server.ts';
import { noOpBackend } from './baselines/no-op-backend.ts';

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
const namePrefix = `bench-checks-${randomBytes(3).toString('hex')}.`;

const entry = new HmacEntryTokens([secret]);
const admission = { sign: unused, verify: unused, publicKeys: { keys: [] } };
const callers = new BearerAuthentication(
  { staticTokens: staticTokens(secret, `${secret}s`), entry, admission, provider: undefined },
  'open',
);
const limits = (perAddress: number, perUser: number, store?: typeof redis) =>
  new FlexibleRequestLimits({ perAddress, perUser, namePrefix }, store);
const checks = (requestLimits = limits(0, 0), accepts = 0) => ({
  authentication: callers,
  limits: requestLimits,
  entryRateLimiter: new EntryRateLimiter(accepts),
});
const withAuthHooks =
  (...requiredSetting: Parameters<typeof checks>) =>
  (server: FastifyInstance) => {
    server.decorateRequest('entryRight', null);
    server.addHook('onRoute', registerAuthHooks(checks(...requiredSetting)));
  };

const CHECKS: Readonly<Record<string, (server: FastifyInstance) => void>> = {
  none: () => undefined,
  'security headers': setSecurityHeaders,
  'concurrent requests': (server) => limitInFlightRequests(server),
  'load shedding': (server) => registerLoadShedding(server),
  'authentication, ENTRY_AUTH=open': withAuthHooks(),
  'authentication and ACCEPT_LIMIT_PER_SECOND': withAuthHooks(limits(0, 0), MANY),
  'RATE_LIMIT_PER_ADDRESS in memory': (server) => limitRequestsByAddress(server, checks(limits(MANY, 0))),
  'authentication and RATE_LIMIT_PER_USER in memory': withAuthHooks(limits(0, MANY)),
  ...(redis && {
    'RATE_LIMIT_PER_ADDRESS in Redis': (server) => limitRequestsByAddress(server, checks(limits(MANY, 0, redis))),
    'authentication and RATE_LIMIT_PER_USER in Redis': withAuthHooks(limits(0, MANY, redis)),
  }),
};

const micros = new Map(Object.keys(CHECKS).map((name): [string, number[]] => [name, []]));
for (let round = -1; round < rounds; round++)
  for (const [name, registerHooks] of Object.entries(CHECKS)) {
    const spent = await measured(registerHooks, round);
    if (round >= 0) micros.get(name)?.push(spent); // the first round is warm-up
  }
const none = median(micros.get('none') ?? []);
for (const [name, all] of micros)
  console.log(
    `${name.padEnd(40)} ${(median(all) - none).toFixed(1).padStart(6)} µs  (${all.map((one) => one.toFixed(1)).join(', ')})`,
  );
measureFunction('service token', () => callers.isInternalCaller(`Bearer ${secret}s`));
const token = `Bearer ${entry.sign({ userId: 'u-1', concertId: 'c1', partition: 3, offset: 41 })}`;
measureFunction('entry token (not needed for an entry)', () => callers.verifyEntryToken(token, 'c1'));
redis?.disconnect(); // its keys expire in a minute

/** CPU microseconds of this process per response. */
async function measured(registerHooks: (server: FastifyInstance) => void, round: number): Promise<number> {
  const server = fastifyServer(noOpBackend, registerHooks);
  const address = await server.listen({ port: 0, host: '127.0.0.1' });
  const workload = { kind: 'entries', userPrefix: `g${round}-`, concertPrefix: 'concert-', concerts: 1 } as const;
  const before = process.cpuUsage();
  const { responses, unexpected } = await run({
    address,
    connections: CONNECTIONS,
    seconds,
    workload,
  });
  const { user, system } = process.cpuUsage(before);
  await server.close();
  if (unexpected > 0) throw new Error(`${unexpected} responses were not 202`);
  return (user + system) / responses;
}

function measureFunction(name: string, work: () => unknown): void {
  const times = 200_000;
  for (let time = 0; time < times / 4; time++) work();
  const { user } = process.cpuUsage();
  for (let time = 0; time < times; time++) work();
  console.log(`${name.padEnd(40)} ${((process.cpuUsage().user - user) / times).toFixed(1).padStart(6)} µs`);
}

function median(all: readonly number[]): number {
  return all.toSorted((a, b) => a - b)[Math.floor(all.length / 2)] ?? 0;
}

function unused(): never {
  throw new Error('not used');
}
