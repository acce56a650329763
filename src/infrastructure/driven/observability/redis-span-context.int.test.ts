import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { context, createContextKey } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { Command, Pipeline, Redis } from 'ioredis';
import { stackAddresses } from '../../../../test/support/settings.ts';
import { keepCommandContexts } from './redis-span-context.ts';

const ASKER = createContextKey('asker');
/** What was sent, and in whose context. */
const sent: [key: unknown, asker: unknown][] = [];

class Witness extends Redis {
  override sendCommand(...[command, ...rest]: Parameters<Redis['sendCommand']>): unknown {
    if (command.name === 'get') sent.push([command.args[0], context.active().getValue(ASKER)]);
    return super.sendCommand(command, ...rest);
  }
}

let redis: Redis;
beforeAll(async () => {
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  keepCommandContexts(Witness.prototype, Pipeline.prototype);
  redis = new Witness(stackAddresses().redisUrl, { enableAutoPipelining: true });
  await redis.ping();
});
afterAll(() => {
  redis.disconnect();
  context.disable();
});

const getAs = (asker: string, key: string) =>
  context.with(context.active().setValue(ASKER, asker), () => redis.get(key));

test('each command of a shared pipeline is sent in the context of whoever asked for it', async () => {
  await Promise.all([getAs('ann', 'a'), redis.get('n'), getAs('bo', 'b')]);
  expect(sent.splice(0)).toEqual([
    ['a', 'ann'],
    ['n', undefined],
    ['b', 'bo'],
  ]);
});

test('also where the pipeline waited for another to be answered', async () => {
  const first = getAs('ann', 'a');
  await new Promise(setImmediate); // it is on its way
  await Promise.all([first, redis.get('n'), getAs('bo', 'b')]);
  expect(sent.splice(0)).toEqual([
    ['a', 'ann'],
    ['n', undefined],
    ['b', 'bo'],
  ]);
});

test('and where a cluster has redirected the pipeline, whose commands are then queued again', async () => {
  const command = new Command('get', ['a']);
  context.with(context.active().setValue(ASKER, 'ann'), () => new Pipeline(redis).sendCommand(command));
  const again = new Pipeline(redis);
  again.sendCommand(command);
  await again.exec();
  expect(sent.splice(0)).toEqual([['a', 'ann']]);
});
