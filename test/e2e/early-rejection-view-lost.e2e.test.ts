import { beforeAll, expect, test } from '@jest/globals';
import { type Api, granted } from '../support/api.ts';
import { eventually } from '../support/eventually.ts';
import { Installation } from '../support/installation.ts';
import { testResources } from '../support/test-resources.ts';

const concertId = 'full-queue';
const resources = testResources();
let installation: Installation;
let api: Api;

beforeAll(async () => {
  installation = resources.use(await Installation.create({ partitions: 1 }));
  await installation.start({ ROLES: 'projector' });
  api = installation.apiOf(await installation.start({ ROLES: 'api' }));
  granted(await api.configure(concertId, { maximumWaiting: 2 }));
  granted(await api.changeState(concertId, 'pause')); // no user is admitted, so the queue stays full
}, 60_000);

test('does not reject a user with a place as QUEUE_FULL, even while the view is lost', async () => {
  const { entryToken } = granted(await api.requestEntry(concertId, 'ann'));
  granted(await api.requestEntry(concertId, 'bo'));
  const isRefused = async () => (await api.requestEntry(concertId, 'cleo')).status === 409;
  const isWhole = async () => (await api.myEntry(concertId, entryToken)).ok;
  for (let time = 0; time < 3; time++) {
    await eventually(isRefused, { within: 10_000, every: 20 });
    await installation.redis.del(...(await installation.redis.keys(`${installation.prefix}queue:{${concertId}}:*`)));
    const isLost = !(await isWhole());
    const outcomes: string[] = [];
    do {
      const answer = await api.requestEntry(concertId, 'ann');
      outcomes.push(answer.ok ? 'accepted' : answer.body.code);
    } while (!(await isWhole()));
    expect(outcomes.filter((what) => what !== 'accepted')).toEqual([]);
    expect(isLost).toBe(true); // at the first of these requests
  }
}, 60_000);
