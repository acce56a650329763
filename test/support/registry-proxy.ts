/** A proxy in front of the registry of the stack that can give the same schemas other ids, as a registry restored without its data. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { loadSchemas } from '../../src/infrastructure/driven/avro/schema-files.ts';
import { stackAddresses } from './settings.ts';

/** Records whose bodies have the same shape. */
const PAIRS = [
  ['QueuePaused', 'QueueResumed'],
  ['UserDisqualified', 'UserReinstated'],
  ['EntriesAdmitted', 'TimePassed'],
  ['AdmissionClaimed', 'AdmissionCompleted'],
] as const;

/** How ids differ from the real ones: not at all; exchanged between events of one shape; each that of the next event. */
export type Numbering = 'right' | 'swapped' | 'shifted';

export class RenumberedRegistry implements AsyncDisposable {
  readonly #target = stackAddresses().schemaRegistryUrl;
  readonly #server: Server;
  /** Real ids by the ids that are given out; others are the same. */
  #realIds = new Map<number, number>();
  /** Further ids: real ids by them. */
  readonly #aliases = new Map<number, string>();

  private constructor() {
    this.#server = createServer((request, response) => {
      this.#answer(request, response).catch((error: unknown) => response.writeHead(502).end(String(error)));
    });
  }

  static async start(): Promise<RenumberedRegistry> {
    const registry = new RenumberedRegistry();
    registry.#server.listen(0, '127.0.0.1');
    await once(registry.#server, 'listening');
    return registry;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Gives out other ids from now on. The schemas must be registered. */
  async number(how: Numbering): Promise<void> {
    if (how === 'right') this.#realIds = new Map();
    else if (how === 'swapped') {
      const ids = await Promise.all(PAIRS.flat().map((record) => this.#realIdOf(record)));
      this.#realIds = new Map(ids.map((id, index) => [id, ids[index ^ 1] ?? id]));
    } else {
      const real = await Promise.all(loadSchemas().map(({ record }) => this.#realIdOf(record)));
      const ids = real.toSorted((a, b) => a - b);
      this.#realIds = new Map(ids.map((id, index) => [id, ids[(index || ids.length) - 1] ?? id]));
    }
  }

  /** One more id for the schema of a record, as it is given out now. */
  alias(id: number, record: string): void {
    this.#aliases.set(id, record);
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = 'GET', url: path = '' } = request;
    const [, id] = /^\/schemas\/ids\/(\d+)$/.exec(path) ?? [];
    const target = id === undefined ? path : `/schemas/ids/${await this.#realIdFor(Number(id))}`;
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const headers = { 'content-type': request.headers['content-type'] ?? 'application/json' };
    const body = chunks.length > 0 ? Buffer.concat(chunks) : null;
    const answer = await fetch(`${this.#target}${target}`, { method, headers, body });
    const text = await answer.text();
    response.writeHead(answer.status, { 'content-type': 'application/vnd.schemaregistry.v1+json' });
    response.end(text.replace(/"id":(\d+)/, (_, real: string) => `"id":${this.#givenIdFor(Number(real))}`));
  }

  async #realIdFor(given: number): Promise<number> {
    const alias = this.#aliases.get(given);
    const id = alias === undefined ? given : await this.#realIdOf(alias);
    return this.#realIds.get(id) ?? id;
  }

  #givenIdFor(real: number): number {
    return [...this.#realIds].find(([, id]) => id === real)?.[0] ?? real;
  }

  async #realIdOf(record: string): Promise<number> {
    const { subject, text = '' } = loadSchemas().find((schema) => schema.record === record) ?? {};
    const answer = await fetch(`${this.#target}/subjects/${subject}`, {
      method: 'POST',
      headers: { 'content-type': 'application/vnd.schemaregistry.v1+json' },
      body: JSON.stringify({ schema: text }),
    });
    return ((await answer.json()) as { readonly id: number }).id;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }
}
