import { expect } from '@jest/globals';
import { type Api, granted } from '../support/api.ts';
import { TestDatabase } from '../support/database.ts';
import { type DedicatedKafka, startDedicatedKafka } from '../support/dedicated-kafka.ts';
import { type DedicatedPostgres, startDedicatedPostgres } from '../support/dedicated-postgres.ts';
import { eventually } from '../support/eventually.ts';
import { Installation } from '../support/installation.ts';
import { fateOf, SampleShop } from '../support/sample-shop.ts';
import type { ServerProcess } from '../support/server.ts';
import { expectStoredEqualsFold } from '../support/stored-state.ts';

export const concerts = Array.from({ length: 5 }, (_, number) => `concert-${number}`);

/** A shop that enters its fans through the outbox, into paused queues, on servers that may be killed and proxies that may be shut. */
export class RelayFixture {
  readonly relays: ServerProcess[] = [];

  private constructor(
    readonly kafka: DedicatedKafka,
    readonly postgres: DedicatedPostgres,
    readonly database: TestDatabase,
    readonly installation: Installation,
    readonly api: Api,
    readonly shop: SampleShop,
    private readonly resources: AsyncDisposableStack,
  ) {}

  static async open(): Promise<RelayFixture> {
    await using resources = new AsyncDisposableStack(); // closes what was opened if one of them fails
    const kafka = resources.use(await startDedicatedKafka());
    const postgres = resources.use(await startDedicatedPostgres());
    const database = resources.use(new TestDatabase(postgres.url));
    const installation = resources.use(await Installation.create({ brokers: kafka.brokers }));
    const api = installation.apiOf(await installation.start({ DATABASE_URL: postgres.url }));
    for (const concertId of concerts) {
      granted(await api.configure(concertId));
      granted(await api.changeState(concertId, 'pause'));
    }
    const shop = await eventually(() => SampleShop.open(database));
    return new RelayFixture(kafka, postgres, database, installation, api, shop, resources.move());
  }

  /** A relay that reaches its servers through their proxies. */
  async launchRelay(settings: Readonly<Record<string, string>> = {}): Promise<ServerProcess> {
    const relay = await this.installation.launch({
      ROLES: 'relay',
      KAFKA_BROKERS: this.kafka.brokersThroughProxy.join(),
      DATABASE_URL: this.postgres.urlThroughProxy,
      ...settings,
    });
    this.relays.push(relay);
    return relay;
  }
  async startRelay(): Promise<ServerProcess> {
    return (await this.launchRelay()).ready();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.resources.disposeAsync();
  }

  /** Ends the relays and opens the proxies again. */
  async reset(): Promise<void> {
    this.kafka.proxy.pass();
    this.postgres.proxy.pass();
    await Promise.all(this.relays.splice(0).map((relay) => relay.alive && relay.kill9()));
  }
}

/**
 * Everything that was ever committed is published, folded and stored, and took effect exactly once.
 * @returns publications beyond the first, of the users so named
 */
export async function expectExactlyOnce({ shop, installation }: RelayFixture, name: string): Promise<number> {
  await shop.allPublished();
  const events = await expectStoredEqualsFold(installation, 60_000);
  const { wrong, unknown, repeats } = fateOf(await shop.rows(), events, (userId) => userId.startsWith('direct-'));
  expect(wrong.slice(0, 5)).toEqual([]);
  expect(unknown.slice(0, 5)).toEqual([]);
  return repeats.filter((userId) => userId.startsWith(`${name}-`)).length;
}
