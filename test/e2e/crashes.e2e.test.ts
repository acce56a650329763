import { beforeAll, describe, expect, test } from '@jest/globals';
import { firing } from '../support/alerts.ts';
import { type Api, granted } from '../support/api.ts';
import { type DedicatedKafka, startDedicatedKafka } from '../support/dedicated-kafka.ts';
import { eventually } from '../support/eventually.ts';
import type { LoggedEvent } from '../support/fold.ts';
import { Installation } from '../support/installation.ts';
import { scrape } from '../support/metrics.ts';
import { foldedRecords, loggedRecords } from '../support/progress.ts';
import { EntryLoad, notInLog } from '../support/simulated-users.ts';
import { expectStoredEqualsFold } from '../support/stored-state.ts';
import { produceRequest } from '../support/tcp-proxy.ts';
import { resourcesOfEachTest, testResources } from '../support/test-resources.ts';

const KILLS = process.env['TEST_FORM'] === 'full' ? 8 : 1;
const concerts = Array.from({ length: 6 }, (_, number) => `concert-${number}`);

describe('kill -9 under load', () => {
  const resources = testResources();
  const ofTest = resourcesOfEachTest();
  let kafka: DedicatedKafka;
  let installation: Installation;
  beforeAll(async () => {
    kafka = resources.use(await startDedicatedKafka());
  }, 60_000);

  /** Starts an API and a projector on a dedicated broker, configures all concerts, and starts the load. */
  async function begin(apiThroughProxy = false) {
    installation = ofTest().use(await Installation.create({ brokers: kafka.brokers }));
    const apiSettings: Record<string, string> = { ROLES: 'api' };
    if (apiThroughProxy) apiSettings['KAFKA_BROKERS'] = kafka.brokersThroughProxy.join();
    const [apiServer, projector] = await Promise.all([
      installation.start(apiSettings),
      installation.start({ ROLES: 'projector' }),
    ]);
    const api = installation.apiOf(apiServer);
    await Promise.all(concerts.map((concertId) => configured(api, concertId)));
    const load = new EntryLoad(api, concerts, 'user').start(24);
    await isGrowing(load, 500);
    return { apiServer, apiSettings, projector, load };
  }

  const isGrowing = (load: EntryLoad, by: number): Promise<true> => {
    const before = load.acknowledged.length;
    return eventually(() => load.acknowledged.length >= before + by, { within: 40_000 });
  };

  test('of a projector within a batch loses and repeats no record', async () => {
    const { load, ...processes } = await begin();
    let { projector } = processes;
    let unfinished = 0;
    for (let kill = 0; kill < KILLS; kill++) {
      // After a suspension it has much to read; it is killed when it has begun.
      projector.pause();
      await isGrowing(load, 2_000);
      const before = await foldedRecords(installation);
      projector.resume();
      await eventually(async () => (await foldedRecords(installation)) > before, { within: 20_000, every: 1 });
      await projector.kill9();
      unfinished += (await loggedRecords(installation)) - (await foldedRecords(installation));
      projector = await installation.start({ ROLES: 'projector' });
    }
    expect(unfinished).toBeGreaterThan(0);
    expect(notInLog(await load.stop(), await expectStoredEqualsFold(installation))).toEqual([]);
    expect(load.wrong).toEqual([]);
  }, 120_000);

  test('of an API after the broker has its batch invalidates no acknowledgement', async () => {
    const { apiServer, apiSettings, load } = await begin(true);
    let server = apiServer;
    for (let kill = 0; kill < KILLS; kill++) {
      await kafka.proxy.cutBeforeResponse(produceRequest);
      await server.kill9();
      server = await installation.start(apiSettings);
      load.api = installation.apiOf(server);
      await isGrowing(load, 500);
    }
    const acknowledged = await load.stop();
    const events = await expectStoredEqualsFold(installation);
    expect(notInLog(acknowledged, events)).toEqual([]);
    // The users repeat requests that were appended but not acknowledged.
    expect(requestsIn(events)).toBeGreaterThan(acknowledged.length);
    expect(load.wrong).toEqual([]);
  }, 120_000);

  test('of a broker loses no acknowledged request', async () => {
    const { load, apiServer, projector } = await begin();
    for (let kill = 0; kill < KILLS; kill++) {
      const refused = load.repeats.get('503 LOG_UNAVAILABLE') ?? 0;
      const healthy = await scrape(apiServer.url);
      await kafka.kill9();
      await eventually(() => (load.repeats.get('503 LOG_UNAVAILABLE') ?? 0) > refused + 50, { within: 20_000 });
      expect(await apiServer.health('ready')).toMatchObject({ status: 503 });
      expect(firing(healthy, await scrape(apiServer.url))).toContain('ConcertQueueLogAppendFailing');
      await kafka.restart();
      await isGrowing(load, 500);
    }
    expect(notInLog(await load.stop(), await expectStoredEqualsFold(installation, 60_000))).toEqual([]);
    expect(load.wrong).toEqual([]);
    expect([apiServer.alive, projector.alive]).toEqual([true, true]);
  }, 180_000);
});

async function configured(api: Api, concertId: string): Promise<void> {
  granted(await api.configure(concertId));
  granted(await api.changeState(concertId, 'pause'));
}

function requestsIn(events: readonly LoggedEvent[]): number {
  return events.filter(({ event }) => event.type === 'QueueEntryRequested').length;
}
