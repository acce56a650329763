import { CommandBus, QueryBus } from '@nestjs/cqrs';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { RouteShorthandOptions } from 'fastify';
import { applicantOf } from '../../../application/commands/applicant.ts';
import { RequestEntry } from '../../../application/commands/request-entry.command.ts';
import { GetMyEntry } from '../../../application/queries/get-my-entry.query.ts';
import { entryClaimsOf, entryRightOf } from './auth.hooks.ts';
import {
  EntryAcceptedSchema,
  type EntryRequestJson,
  EntryRequestSchema,
  EntrySchema,
  entryToJson,
} from './schemas/entry.schema.ts';
import { ConcertParams } from './schemas/ids.schema.ts';
import { problems } from './schemas/problem.schema.ts';
import { APPEND_CODES } from './schemas/responses.ts';
import { ref } from './schemas/shared.ts';

const ENTRIES = '/v1/concerts/:concertId/queue/entries';
const tags = ['entries'];

interface RequestEntryRoute {
  Params: { concertId: string };
  Body: EntryRequestJson;
}

export const REQUEST_ENTRY = {
  config: { auth: 'entry' },
  schema: {
    tags,
    security: [{ serviceToken: [] }, { userToken: [] }, {}],
    operationId: 'requestEntry',
    summary: 'Requests entry to the queue',
    description:
      'A repeated request keeps the earliest place. `ENTRY_AUTH=service` requires the service token. `ENTRY_AUTH=jwt` requires a token of the user, and the body must not name a user. 404 and 409 are early rejections: nothing was appended to the log.',
    params: ConcertParams,
    body: ref(EntryRequestSchema),
    response: {
      202: {
        description: 'The request is in the log; its receipt decides the place.',
        headers: { Location: { type: 'string', description: 'Path of the entry.' } },
        content: { 'application/json': { schema: ref(EntryAcceptedSchema) } },
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
  config: { auth: 'entry-token' },
  schema: {
    tags,
    security: [{ entryToken: [] }],
    params: ConcertParams,
    operationId: 'getMyEntry',
    summary: 'The current state of the entry',
    response: { 200: ref(EntrySchema), ...problems('UNAUTHENTICATED', 'FORBIDDEN', 'PROJECTION_UNAVAILABLE') },
  },
} satisfies RouteShorthandOptions;

/**
 * Registers the two routes with the most traffic: request entry, and read an entry.
 * They bypass Nest's router, which takes a good part of the CPU time of such a request. Hooks, schemas, buses and
 * problems are the same as for all other routes.
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
