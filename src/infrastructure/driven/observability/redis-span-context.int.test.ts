import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { context, createContextKey } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { Command, Pipeline, Redis } from 'ioredis';
import { stackAddresses } from '../../../../test/support/settings.ts';
import { keepCommandContexts } from './redis-span-context.ts';

const CALLER = createContextKey('caller');
/** The sent keys, with the caller of the context. */
const sent: [key: unknown, caller: unknown][] = [];

class RecordingRedis extends Redis {
  override sendCommand(...[command, ...rest]: Parameters<Redis['sendCommand']>): unknown {
    if (command.name === 'get') sent.push([command.args[0], context.active().getValue(CALLER)]);
    return super.sendCommand(command, ...rest);
  }
}

let redis: Redis;
beforeAll(async () => {
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  keepCommandContexts(RecordingRedis.prototype, Pipeline.prototype);
  redis = new RecordingRedis(stackAddresses().redisUrl, { enableAutoPipelining: true });
  await redis.ping();
});
afterAll(() => {
  redis.disconnect();
  context.disable();
});

const getAs = (caller: string, key: string) =>
  context.with(context.active().setValue(CALLER, caller), () => redis.get(key));

test('sends each command of a shared pipeline in the context of its caller', async () => {
  await Promise.all([getAs('ann', 'a'), redis.get('n'), getAs('bo', 'b')]);
  expect(sent.splice(0)).toEqual([
    ['a', 'ann'],
    ['n', undefined],
    ['b', 'bo'],
  ]);
});

test('does so when the pipeline waits for another one', async () => {
  const first = getAs('ann', 'a');
  await new Promise(setImmediate); // the command is sent
  await Promise.all([first, redis.get('n'), getAs('bo', 'b')]);
  expect(sent.splice(0)).toEqual([
    ['a', 'ann'],
    ['n', undefined],
    ['b', 'bo'],
  ]);
});

test('does so when a redirected pipeline is queued again', async () => {
  const command = new Command('get', ['a']);
  context.with(context.active().setValue(CALLER, 'ann'), () => new Pipeline(redis).sendCommand(command));
  const again = new Pipeline(redis);
  again.sendCommand(command);
  await again.exec();
  expect(sent.splice(0)).toEqual([['a', 'ann']]);
});
