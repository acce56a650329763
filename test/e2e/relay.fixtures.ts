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

/** A shop that enters users into paused queues through the outbox, on dedicated servers behind proxies. */
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
    await using resources = new AsyncDisposableStack(); // closes the servers if a start fails
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

  /** Starts a relay that connects through the proxies. */
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

  /** Kills the relays and ends the faults of the proxies. */
  async reset(): Promise<void> {
    this.kafka.proxy.pass();
    this.postgres.proxy.pass();
    await Promise.all(this.relays.splice(0).map((relay) => relay.alive && relay.kill9()));
  }
}

/**
 * Expects that every committed row is published, folded and stored, with exactly one effect.
 * @returns the number of repeated publications for users with this name
 */
export async function expectExactlyOnce({ shop, installation }: RelayFixture, name: string): Promise<number> {
  await shop.allPublished();
  const events = await expectStoredEqualsFold(installation, 60_000);
  const { wrong, unknown, repeats } = fateOf(await shop.rows(), events, (userId) => userId.startsWith('direct-'));
  expect(wrong.slice(0, 5)).toEqual([]);
  expect(unknown.slice(0, 5)).toEqual([]);
  return repeats.filter((userId) => userId.startsWith(`${name}-`)).length;
}
