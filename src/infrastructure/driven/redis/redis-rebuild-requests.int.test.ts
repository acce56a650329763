import { randomBytes } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { stackAddresses } from '../../../../test/support/settings.ts';
import { INITIAL_PROGRESS } from '../../../application/projection/rebuild-progress.ts';
import { connectRedis, untilReady } from './redis-client.ts';
import { RedisKeys } from './redis-keys.ts';
import { RedisRebuildRequests } from './redis-rebuild-requests.ts';

describe('a request for a rebuild', () => {
  test('is refused while another is open, and reports of one that was replaced go nowhere', async () => {
    const redis = connectRedis({ url: stackAddresses().redisUrl }, 'write', () => undefined);
    const keys = new RedisKeys(`rebuild-${randomBytes(5).toString('hex')}.`);
    const requests = new RedisRebuildRequests(redis, keys, 'me');
    try {
      await untilReady(redis, 5_000);
      expect(await requests.look(3)).toBeUndefined();
      expect(await requests.request(3, 'first', 'spring-tour')).toBe('accepted');
      expect(await requests.request(3, 'second', undefined)).toBe('running');
      expect(await requests.look(3)).toMatchObject({
        id: 'first',
        concertId: 'spring-tour',
        progress: INITIAL_PROGRESS,
      });
      expect(await requests.report(3, 'first', { ...INITIAL_PROGRESS, state: 'writing', events: 7 })).toBe(true);
      expect(await requests.request(3, 'second', undefined)).toBe('running');
      expect(await requests.report(3, 'first', { ...INITIAL_PROGRESS, state: 'done' })).toBe(true);
      expect(await requests.request(3, 'second', undefined)).toBe('accepted');
      expect(await requests.report(3, 'first', { ...INITIAL_PROGRESS, state: 'failed' })).toBe(false);
      const look = await requests.look(3);
      const before = { id: 'first', progress: { ...INITIAL_PROGRESS, state: 'done' } };
      expect(look).toMatchObject({ id: 'second', concertId: undefined, progress: INITIAL_PROGRESS, before });
      expect(look?.silentMs).toBeLessThan(5_000);
      // Nobody has reported for long.
      await redis.hset(keys.rebuild(3), 'at', '1');
      expect(await requests.request(3, 'third', undefined)).toBe('accepted');
    } finally {
      await redis.unlink(keys.rebuild(3));
      redis.disconnect();
    }
  });
});
