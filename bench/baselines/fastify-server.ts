/** Fastify as in the application, with its schemas, validation and serialization; without Nest and command bus. */
import type { FastifyInstance } from 'fastify';
import type { Backend, ServeHttp } from './baseline.ts';
import { built } from './built.ts';

const http = <T>(path: string): Promise<T> => built<T>(`infrastructure/driving/http/${path}`);
const { createHttpAdapter } =
  await http<typeof import('../../src/infrastructure/driving/http/http-adapter.ts')>('http-adapter');
const { GET_MY_ENTRY, REQUEST_ENTRY } =
  await http<typeof import('../../src/infrastructure/driving/http/entry.routes.ts')>('entry.routes');
const { EntrySchema, EntryAcceptedSchema, EntryRequestSchema } =
  await http<typeof import('../../src/infrastructure/driving/http/schemas/entry.schema.ts')>('schemas/entry.schema');
const { ReceiptSchema } =
  await http<typeof import('../../src/infrastructure/driving/http/schemas/receipt.schema.ts')>(
    'schemas/receipt.schema',
  );
const { ProblemSchema } =
  await http<typeof import('../../src/infrastructure/driving/http/schemas/problem.schema.ts')>(
    'schemas/problem.schema',
  );
const { sendProblem } =
  await http<typeof import('../../src/infrastructure/driving/http/problem.filter.ts')>('problem.filter');
const { toProblem, INTERNAL_PROBLEM } =
  await http<typeof import('../../src/infrastructure/driving/http/to-problem.ts')>('to-problem');

interface Route {
  Params: { readonly concertId: string };
  Body: { readonly userId: string };
}

export const serveFastify: ServeHttp = async (backend, port) => {
  await fastifyServer(backend).listen({ port, host: '127.0.0.1' });
};

/** @param hang adds hooks of its own */
export function fastifyServer(
  backend: Backend,
  registerHooks: (server: FastifyInstance) => void = () => undefined,
): FastifyInstance {
  const server = createHttpAdapter({ trustProxy: false }).getInstance();
  registerHooks(server);
  const request = { ...EntryRequestSchema, required: ['userId'] }; // the routes of the product check for a user themselves
  for (const named of [EntrySchema, EntryAcceptedSchema, request, ReceiptSchema, ProblemSchema])
    server.addSchema(named);
  server.addHook('onRequest', (_request, reply, done) => {
    reply.header('x-content-type-options', 'nosniff');
    done();
  });
  server.setErrorHandler((error, request, reply) =>
    sendProblem(reply, toProblem(error) ?? INTERNAL_PROBLEM, request.id),
  );
  const path = '/v1/concerts/:concertId/queue/entries';
  server.post<Route>(path, REQUEST_ENTRY, (request, reply) => {
    const { concertId } = request.params;
    reply.code(202).header('location', `/v1/concerts/${concertId}/queue/entries/me`);
    const answer = backend.enter(concertId, request.body.userId);
    if (answer instanceof Promise) return answer;
    reply.send(answer);
  });
  server.get<Route>(`${path}/me`, GET_MY_ENTRY, (request, reply) => {
    const { authorization = '' } = request.headers;
    reply.header('cache-control', 'no-store');
    const answer = backend.entry(authorization.slice('Bearer '.length));
    if (answer instanceof Promise) return answer;
    reply.send(answer);
  });
  return server;
}
