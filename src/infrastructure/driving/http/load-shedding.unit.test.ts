import { afterAll, beforeAll, expect, test } from '@jest/globals';
import Fastify, { type FastifyInstance } from 'fastify';
import { EventLoopMonitor, registerLoadShedding } from './load-shedding.ts';

let now = 0;
let pressure: EventLoopMonitor;
let fastify: FastifyInstance;
beforeAll(async () => {
  pressure = new EventLoopMonitor(() => now);
  fastify = Fastify();
  registerLoadShedding(fastify, pressure);
  fastify.setErrorHandler((error, _request, reply) => reply.code(503).send(String(error)));
  for (const url of ['/work', '/health/ready', '/metrics']) fastify.get(url, () => 'done');
  await fastify.ready();
});
afterAll(() => fastify.close());
const turn = (ms: number): void => {
  now += ms;
  pressure.look();
};
const ask = async (url = '/work'): Promise<number> => (await fastify.inject(url)).statusCode;

test('requests are refused while turn after turn of the event loop is late, and health is still told', async () => {
  for (const ms of [200, 210, 950]) turn(ms);
  expect([pressure.isOverloaded, await ask()]).toEqual([false, 200]);
  for (const ms of [1_100, 5_000, 2_000]) turn(ms);
  expect([pressure.isOverloaded, await ask(), await ask('/nothing')]).toEqual([true, 503, 503]);
  expect([await ask('/health/ready'), await ask('/metrics')]).toEqual([200, 200]);
  turn(300);
  expect([pressure.isOverloaded, await ask()]).toEqual([false, 200]);
});

test('one pause of the machine, however long, refuses nobody', async () => {
  for (const ms of [60_000, 200, 30_000, 2_000, 200]) {
    turn(ms);
    expect(await ask()).toBe(200);
  }
});
