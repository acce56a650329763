import { afterEach, expect, jest, test } from '@jest/globals';
import { MemoryRebuildRequests } from '../../infrastructure/driven/embedded/memory-rebuild-requests.ts';
import type { RebuildProgress } from '../ports/rebuild-requests.port.ts';
import { INITIAL_PROGRESS, OWNER_TIMEOUT_MS } from '../projection/rebuild-progress.ts';
import { FollowRebuild } from './request-rebuild.ts';

afterEach(() => {
  jest.useRealTimers();
});

test.each<[string, RebuildProgress['state'], object]>([
  ['done', 'done', { state: 'done', events: 7 }],
  ['taken for dead', 'folding', { state: 'failed', reason: 'the request was lost' }],
])('a rebuild that was %s before another took its place is told as such', async (_, state, reported) => {
  jest.useFakeTimers();
  const requests = new MemoryRebuildRequests('the only one');
  const follow = new FollowRebuild(requests);
  await follow.ask([3], undefined);
  await requests.report(3, (await requests.latest(3))?.id ?? '', { ...INITIAL_PROGRESS, state, events: 7 });
  jest.advanceTimersByTime(2 * OWNER_TIMEOUT_MS);
  expect(await requests.request(3, 'another', undefined)).toBe('accepted');
  expect((await follow.watch([3]).next()).value).toEqual([expect.objectContaining(reported)]);
});
