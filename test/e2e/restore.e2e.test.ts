/** Restart on an empty Redis, and upgrade and downgrade of the fold version. */
import { rm } from 'node:fs/promises';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { FOLD_VERSION } from '../../src/domain/queue-snapshot.ts';
import { RedisKeys } from '../../src/infrastructure/driven/redis/redis-keys.ts';
import { type Api, type EntryAccepted, granted } from '../support/api.ts';
import { command } from '../support/command-line.ts';
import { eventually } from '../support/eventually.ts';
import { Installation } from '../support/installation.ts';
import { buildWithFold, type OtherVersion } from '../support/next-version.ts';
import type { ServerProcess } from '../support/server.ts';
import { expectStoredEqualsFold } from '../support/stored-state.ts';
import { testResources } from '../support/test-resources.ts';

const concertId = 'concert';
const CAPACITY = 2;
const NEXT = FOLD_VERSION + 1;

describe('an installation whose server was stopped', () => {
  const resources = testResources();
  let installation: Installation;
  let next: OtherVersion;
  let server: ServerProcess;
  let api: Api;
  const entries: EntryAccepted[] = [];

  beforeAll(async () => {
    installation = resources.use(await Installation.create({ partitions: 2 }));
    next = await buildWithFold(NEXT);
    resources.defer(() => rm(next.directory, { recursive: true, force: true }));
    await begin();
    granted(await api.configure(concertId, { capacity: CAPACITY }));
    for (let n = 0; n < 10; n++) await enter();
    await isWhole();
  }, 180_000);

  async function begin(main?: string): Promise<void> {
    server = await installation.start({}, main);
    api = installation.apiOf(server);
  }
  const enter = async () => void entries.push(granted(await api.requestEntry(concertId, `fan-${entries.length}`)));
  const storedFold = () => installation.redis.hget(new RedisKeys(installation.prefix).head(concertId), 'fold');
  const audited = async (...at: readonly number[]) => {
    const until = at.flatMap((offset) => ['--at', `${offset}`]);
    const { status, out } = await command(installation, 'audit', '--concert', concertId, ...until, '--json');
    const { offset, digest }: { offset: number; digest: string } = JSON.parse(out);
    return { status, offset, digest };
  };

  /** Every acknowledged user is in the queue, in the order of receipts. */
  async function isWhole(): Promise<void> {
    const states = () =>
      Promise.all(entries.map(async ({ entryToken }) => granted(await api.myEntry(concertId, entryToken))));
    const seen = await eventually(
      async () => {
        const all = await states();
        const of = (wanted: string) => all.filter(({ state }) => state === wanted).length;
        // Only then do positions not change between two reads.
        return of('READY') === CAPACITY && of('WAITING') === all.length - CAPACITY && all;
      },
      { within: 20_000 },
    );
    expect(seen.map(({ receipt }) => receipt)).toEqual(entries.map(({ receipt }) => receipt));
    const waiting = seen.filter(({ state }) => state === 'WAITING');
    expect(waiting.map(({ position }) => position)).toEqual(waiting.map((_, index) => index + 1));
  }

  test('is restored on an empty Redis, with the same audit result', async () => {
    expect(await server.stop()).toEqual({ status: 0, signal: null });
    const before = await audited();
    const keys = await installation.redis.keys(`${installation.prefix}*`);
    expect(keys.length).toBeGreaterThan(0);
    await installation.redis.unlink(...keys);
    await begin();
    await isWhole();
    expect(await command(installation, 'projections', 'verify', '--concert', concertId)).toMatchObject({ status: 0 });
    expect(before.status).toBe(0);
    expect(await audited(before.offset)).toEqual(before);
  }, 90_000);

  test('is rebuilt by a release with another fold version, which accepts entries at once', async () => {
    await server.stop();
    expect(await storedFold()).toBe(`${FOLD_VERSION}`);
    await begin(next.main);
    await enter();
    await isWhole();
    expect(await storedFold()).toBe(`${NEXT}`);
  }, 90_000);

  test('is rebuilt again after a downgrade', async () => {
    await server.stop();
    await begin();
    await enter();
    await isWhole();
    expect(await storedFold()).toBe(`${FOLD_VERSION}`);
    await expectStoredEqualsFold(installation);
  }, 90_000);
});
