import { afterAll, beforeAll, expect, test } from '@jest/globals';
import Fastify, { type FastifyInstance } from 'fastify';
import { EventLoopMonitor, registerLoadShedding } from './load-shedding.ts';

let now = 0;
let monitor: EventLoopMonitor;
let fastify: FastifyInstance;
beforeAll(async () => {
  monitor = new EventLoopMonitor(() => now);
  fastify = Fastify();
  registerLoadShedding(fastify, monitor);
  fastify.setErrorHandler((error, _request, reply) => reply.code(503).send(String(error)));
  for (const url of ['/work', '/health/ready', '/metrics']) fastify.get(url, () => 'done');
  await fastify.ready();
});
afterAll(() => fastify.close());
const advance = (ms: number): void => {
  now += ms;
  monitor.sample();
};
const statusOf = async (url = '/work'): Promise<number> => (await fastify.inject(url)).statusCode;

test('rejects requests after several late samples in a row, except health and metrics', async () => {
  for (const ms of [200, 210, 950]) advance(ms);
  expect([monitor.isOverloaded, await statusOf()]).toEqual([false, 200]);
  for (const ms of [1_100, 5_000, 2_000]) advance(ms);
  expect([monitor.isOverloaded, await statusOf(), await statusOf('/nothing')]).toEqual([true, 503, 503]);
  expect([await statusOf('/health/ready'), await statusOf('/metrics')]).toEqual([200, 200]);
  advance(300);
  expect([monitor.isOverloaded, await statusOf()]).toEqual([false, 200]);
});

test('accepts requests after a single pause of any length', async () => {
  for (const ms of [60_000, 200, 30_000, 2_000, 200]) {
    advance(ms);
    expect(await statusOf()).toBe(200);
  }
});
