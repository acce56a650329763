import { type Client, createClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import { eventually } from '../../../../test/support/eventually.ts';
import { TestApi } from '../http/http.fixtures.ts';
import { tokenOf } from '../http/http-samples.fixtures.ts';
import { graphqlModuleOptions } from './graphql.module-options.ts';

const query = 'subscription ($id: ID!) { myEntryChanged(concertId: $id) { state position claimBy projectedOffset } }';
const variables = { id: 'c1' };
export const ann = `Bearer ${tokenOf('ann')}`;

interface TestResult {
  readonly data?: { readonly myEntryChanged?: { readonly state: string } | null } | null | undefined;
  readonly errors?: readonly { readonly message: string; readonly extensions?: unknown }[] | undefined;
}
export const codes = (results: readonly TestResult[]) =>
  results.flatMap(({ errors = [] }) => errors.map(({ extensions }) => extensions));

/** Starts to listen. @returns the WebSocket URL */
export async function listening({ app }: TestApi): Promise<string> {
  await app.listen(0, '127.0.0.1');
  return `${(await app.getUrl()).replace('http', 'ws')}/graphql`;
}

/** WebSocket clients of an API with a limit of three connections. */
export class Subscribers {
  readonly #clients: Client[] = [];
  /** Those that the clients have opened. */
  readonly sockets: WebSocket[] = [];

  private constructor(
    readonly api: TestApi,
    readonly url: string,
  ) {}

  static async open(): Promise<Subscribers> {
    const api = await TestApi.open({ otherApi: graphqlModuleOptions({ production: false, liveStreamLimit: 3 }) });
    return new Subscribers(api, await listening(api));
  }

  client(connectionParams: Record<string, unknown> = {}, header?: string): Client {
    const { sockets } = this;
    const Socket = class extends WebSocket {
      constructor(address: string, protocols: string) {
        super(address, protocols, header === undefined ? {} : { headers: { authorization: header } });
        sockets.push(this);
      }
    };
    const one = createClient({ url: this.url, webSocketImpl: Socket, connectionParams, retryAttempts: 0 });
    this.#clients.push(one);
    return one;
  }

  /** Resolves when the API has opened the subscription or the client has received a result. */
  async follow(one: Client, payload: object = {}) {
    const results: TestResult[] = [];
    const ended: unknown[] = [];
    const stop = one.subscribe(
      { query, variables, ...payload },
      {
        next: (result) => void results.push(result as TestResult),
        error: (error) => void ended.push(error),
        complete: () => void ended.push('complete'),
      },
    );
    const { subscriptions } = this.api;
    await eventually(() => subscriptions.length > 0 || results.length > 0 || ended.length > 0);
    return { results, ended, stop, subscription: subscriptions.at(-1) };
  }

  async reset(): Promise<void> {
    await Promise.all(this.#clients.splice(0).map((client) => client.dispose()));
    this.api.reset();
  }

  close(): Promise<void> {
    return this.api.close();
  }
}
