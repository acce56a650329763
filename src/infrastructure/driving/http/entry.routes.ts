import { CommandBus, QueryBus } from '@nestjs/cqrs';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { RouteShorthandOptions } from 'fastify';
import { applicantOf } from '../../../application/commands/applicant.ts';
import { RequestEntry } from '../../../application/commands/request-entry.command.ts';
import { GetMyEntry } from '../../../application/queries/get-my-entry.query.ts';
import { entryClaimsOf, entryRightOf } from './auth.hooks.ts';
import { Entry, EntryAccepted, EntryRequest, entryToJson } from './schemas/entry.schema.ts';
import { ConcertParams } from './schemas/ids.schema.ts';
import { problems } from './schemas/problem.schema.ts';
import { APPEND_CODES } from './schemas/responses.ts';
import { ref } from './schemas/shared.ts';

const ENTRIES = '/v1/concerts/:concertId/queue/entries';
const tags = ['entries'];

interface RequestEntryRoute {
  Params: { concertId: string };
  Body: EntryRequest;
}

export const REQUEST_ENTRY = {
  config: { door: 'entry' },
  schema: {
    tags,
    security: [{ serviceToken: [] }, { userToken: [] }, {}],
    operationId: 'requestEntry',
    summary: 'Asks for a place in the queue',
    description:
      'Repeating it keeps the earlier place. With `ENTRY_AUTH=service` the service token is needed, with `ENTRY_AUTH=jwt` a token of the user, and then the body names nobody. A 404 or 409 is a courtesy: the log decides.',
    params: ConcertParams,
    body: ref(EntryRequest),
    response: {
      202: {
        description: 'The request is in the log. Its place is decided.',
        headers: { Location: { type: 'string', description: 'Path of the own entry.' } },
        content: { 'application/json': { schema: ref(EntryAccepted) } },
      },
      ...problems(
        'UNAUTHENTICATED',
        'FORBIDDEN',
        'CONCERT_NOT_FOUND',
        'USER_NOT_FOUND',
        'QUEUE_NOT_OPEN',
        'QUEUE_CLOSED',
        'QUEUE_FULL',
        'INSUFFICIENT_BALANCE',
        'TOO_MANY_REQUESTS',
        'ELIGIBILITY_UNAVAILABLE',
        'PROJECTION_UNAVAILABLE',
        ...APPEND_CODES,
      ),
    },
  },
} satisfies RouteShorthandOptions;

export const GET_MY_ENTRY = {
  config: { door: 'entry-token' },
  schema: {
    tags,
    security: [{ entryToken: [] }],
    params: ConcertParams,
    operationId: 'getMyEntry',
    summary: 'What became of the request that the token was given for',
    response: { 200: ref(Entry), ...problems('UNAUTHENTICATED', 'FORBIDDEN', 'PROJECTION_UNAVAILABLE') },
  },
} satisfies RouteShorthandOptions;

/**
 * The two routes that the whole crowd uses: to ask for entry, and where one stands. They are Fastify's own and not a
 * controller's: what Nest does between a request and a method is a good part of what such a request costs. (ADR 26.)
 *
 * Everything else is the same for them: hooks, doors, schemas, buses and problems.
 */
export function registerEntryRoutes(app: NestFastifyApplication): void {
  const fastify = app.getHttpAdapter().getInstance();
  const commands = app.get(CommandBus);
  const queries = app.get(QueryBus);

  fastify.post<RequestEntryRoute>(ENTRIES, REQUEST_ENTRY, async (request, reply) => {
    const { concertId } = request.params;
    const applicant = applicantOf(request.body, entryRightOf(request));
    const accepted = await commands.execute(new RequestEntry(concertId, applicant));
    reply.code(202).header('location', `/v1/concerts/${concertId}/queue/entries/me`);
    return accepted;
  });

  fastify.get(`${ENTRIES}/me`, GET_MY_ENTRY, async (request, reply) => {
    const entry = await queries.execute(new GetMyEntry(entryClaimsOf(request)));
    reply.header('cache-control', 'no-store');
    return entryToJson(entry);
  });
}
