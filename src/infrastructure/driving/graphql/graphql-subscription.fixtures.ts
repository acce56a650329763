import { type Client, createClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import { eventually } from '../../../../test/support/eventually.ts';
import { TestApi } from '../http/http.fixtures.ts';
import { tokenOf } from '../http/http-samples.fixtures.ts';
import { graphqlModuleOptions } from './graphql.module-options.ts';

const query = 'subscription ($id: ID!) { myEntryChanged(concertId: $id) { state position claimBy projectedOffset } }';
const variables = { id: 'c1' };
export const ann = `Bearer ${tokenOf('ann')}`;

interface Told {
  readonly data?: { readonly myEntryChanged?: { readonly state: string } | null } | null | undefined;
  readonly errors?: readonly { readonly message: string; readonly extensions?: unknown }[] | undefined;
}
export const codes = (told: readonly Told[]) =>
  told.flatMap(({ errors = [] }) => errors.map(({ extensions }) => extensions));

/** Where sockets connect to, of a door that begins to listen. */
export async function listening({ app }: TestApi): Promise<string> {
  await app.listen(0, '127.0.0.1');
  return `${(await app.getUrl()).replace('http', 'ws')}/graphql`;
}

/** Clients that subscribe over WebSockets, at a door that takes three. */
export class Subscribers {
  readonly #clients: Client[] = [];

  private constructor(
    readonly door: TestApi,
    readonly url: string,
  ) {}

  static async open(): Promise<Subscribers> {
    const door = await TestApi.open({ beside: graphqlModuleOptions({ production: false, liveStreamLimit: 3 }) });
    return new Subscribers(door, await listening(door));
  }

  client(connectionParams: Record<string, unknown> = {}, header?: string): Client {
    const Socket = class extends WebSocket {
      constructor(address: string, protocols: string) {
        super(address, protocols, header === undefined ? {} : { headers: { authorization: header } });
      }
    };
    const one = createClient({ url: this.url, webSocketImpl: Socket, connectionParams, retryAttempts: 0 });
    this.#clients.push(one);
    return one;
  }

  /** @returns once the door follows, or the client was told why not */
  async follow(one: Client, payload: object = {}) {
    const told: Told[] = [];
    const ended: unknown[] = [];
    const stop = one.subscribe(
      { query, variables, ...payload },
      {
        next: (result) => void told.push(result as Told),
        error: (error) => void ended.push(error),
        complete: () => void ended.push('complete'),
      },
    );
    const { followers } = this.door;
    await eventually(() => followers.length > 0 || told.length > 0 || ended.length > 0);
    return { told, ended, stop, follower: followers.at(-1) };
  }

  async reset(): Promise<void> {
    await Promise.all(this.#clients.splice(0).map((client) => client.dispose()));
    this.door.reset();
  }

  close(): Promise<void> {
    return this.door.close();
  }
}
