import { randomBytes } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { stackAddresses } from '../../../../test/support/settings.ts';
import { INITIAL_PROGRESS } from '../../../application/projection/rebuild-progress.ts';
import { connectRedis, untilReady } from './redis-client.ts';
import { RedisKeys } from './redis-keys.ts';
import { RedisRebuildRequests } from './redis-rebuild-requests.ts';

describe('a rebuild request', () => {
  test('is rejected while another is open, and reports of a replaced rebuild are dropped', async () => {
    const redis = connectRedis({ url: stackAddresses().redisUrl }, 'write', () => undefined);
    const keys = new RedisKeys(`rebuild-${randomBytes(5).toString('hex')}.`);
    const requests = new RedisRebuildRequests(redis, keys, 'owner');
    try {
      await untilReady(redis, 5_000);
      expect(await requests.latest(3)).toBeUndefined();
      expect(await requests.request(3, 'first', 'spring-tour')).toBe('accepted');
      expect(await requests.request(3, 'second', undefined)).toBe('running');
      expect(await requests.latest(3)).toMatchObject({
        id: 'first',
        concertId: 'spring-tour',
        progress: INITIAL_PROGRESS,
      });
      expect(await requests.report(3, 'first', { ...INITIAL_PROGRESS, state: 'writing', events: 7 })).toBe(true);
      expect(await requests.request(3, 'second', undefined)).toBe('running');
      expect(await requests.report(3, 'first', { ...INITIAL_PROGRESS, state: 'done' })).toBe(true);
      expect(await requests.request(3, 'second', undefined)).toBe('accepted');
      expect(await requests.report(3, 'first', { ...INITIAL_PROGRESS, state: 'failed' })).toBe(false);
      const latest = await requests.latest(3);
      const previous = { id: 'first', progress: { ...INITIAL_PROGRESS, state: 'done' } };
      expect(latest).toMatchObject({ id: 'second', concertId: undefined, progress: INITIAL_PROGRESS, previous });
      expect(latest?.sinceReportMs).toBeLessThan(5_000);
      // The last report is older than the owner timeout.
      await redis.hset(keys.rebuild(3), 'reportedAt', '1');
      expect(await requests.request(3, 'third', undefined)).toBe('accepted');
    } finally {
      await redis.unlink(keys.rebuild(3));
      redis.disconnect();
    }
  });
});
