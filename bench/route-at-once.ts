/**
 * The limit: the route for requests of entry with nothing behind it. The same Fastify, the same schemas, validation and
 * serialisation, one answer for all; no Nest, no bus, no log. Run as a process of its own: `route-at-once.ts <port>`.
 */
import type { RouteShorthandOptions } from 'fastify';

// The server's own modules, as they were built: Node does not run decorators from TypeScript.
const built = <T>(path: string): Promise<T> =>
  import(new URL(`../dist/infrastructure/http/${path}.js`, import.meta.url).href);
const { createHttpAdapter } = await built<typeof import('../src/infrastructure/http/http-adapter.ts')>('http-adapter');
const { EntriesController } =
  await built<typeof import('../src/infrastructure/http/entries.controller.ts')>('entries.controller');
const { EntryAccepted, EntryRequest } =
  await built<typeof import('../src/infrastructure/http/schemas/entry.schema.ts')>('schemas/entry.schema');
const { Receipt } =
  await built<typeof import('../src/infrastructure/http/schemas/receipt.schema.ts')>('schemas/receipt.schema');
const { Problem } =
  await built<typeof import('../src/infrastructure/http/schemas/problem.schema.ts')>('schemas/problem.schema');
const { FASTIFY_ROUTE_SCHEMA_METADATA } = await import('@nestjs/platform-fastify/constants.js');

const schema: unknown = Reflect.getMetadata(FASTIFY_ROUTE_SCHEMA_METADATA, EntriesController.prototype.request);
if (typeof schema !== 'object' || schema === null) throw new Error('The route for requests of entry has no schema.');

/** As long as the real ones. */
const answer = {
  entryToken: 'x'.repeat(232),
  receipt: { topic: 'queue.entry', partition: 7, offset: 123_456 },
  state: 'PENDING',
  pollAfterMs: 1234,
};

const server = createHttpAdapter({ trustProxy: false }).getInstance();
for (const named of [EntryAccepted, EntryRequest, Receipt, Problem]) server.addSchema(named);
server.addHook('onRequest', (_request, reply, done) => {
  reply.header('x-content-type-options', 'nosniff');
  done();
});
const options: RouteShorthandOptions = { schema };
server.post<{ Params: { concertId: string } }>(
  '/v1/concerts/:concertId/queue/entries',
  options,
  async (request, reply) => {
    reply.code(202).header('location', `/v1/concerts/${request.params.concertId}/queue/entries/me`);
    return answer;
  },
);
await server.listen({ port: Number(process.argv[2]), host: '127.0.0.1' });
