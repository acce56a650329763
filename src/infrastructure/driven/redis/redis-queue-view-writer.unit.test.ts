import { expect, test } from '@jest/globals';
import type { RedisClient } from './redis-client.ts';
import { RedisKeys } from './redis-keys.ts';
import { RedisQueueViewWriter } from './redis-queue-view-writer.ts';

test("a staging call that a later one of its own writer overtook is to be made again; a stranger's is left alone", async () => {
  const answers: ((answer: string) => void)[] = [];
  const client = { stage: () => new Promise((resolve) => answers.push(resolve)) };
  // No Redis overtakes at will: here the order of its answers is what is tried.
  const writer = new RedisQueueViewWriter(client as unknown as RedisClient, new RedisKeys(''), 'somebody');
  const [first, second] = [writer.stage('c', 'g', []), writer.stage('c', 'g', [])];
  answers[1]?.('staged');
  await second;
  answers[0]?.('late');
  await expect(first).rejects.toThrow('later call');
  const third = writer.stage('c', 'g', []);
  answers[2]?.('late');
  await expect(third).resolves.toBeUndefined();
});
