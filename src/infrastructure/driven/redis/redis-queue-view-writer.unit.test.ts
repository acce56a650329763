import { expect, test } from '@jest/globals';
import type { RedisClient } from './redis-client.ts';
import { RedisKeys } from './redis-keys.ts';
import { RedisQueueViewWriter } from './redis-queue-view-writer.ts';

test("a stage call rejects when the same writer's later call was stored first, but not when another writer's was", async () => {
  const replies: ((reply: string) => void)[] = [];
  const client = { stage: () => new Promise((resolve) => replies.push(resolve)) };
  // A real Redis cannot be made to reorder calls on demand.
  const writer = new RedisQueueViewWriter(client as unknown as RedisClient, new RedisKeys(''), 'owner');
  const [first, second] = [writer.stage('c', 'g', []), writer.stage('c', 'g', [])];
  replies[1]?.('staged');
  await second;
  replies[0]?.('late');
  await expect(first).rejects.toThrow('later stage call');
  const third = writer.stage('c', 'g', []);
  replies[2]?.('late');
  await expect(third).resolves.toBeUndefined();
});
