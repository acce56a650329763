/** Validation of entry requests for servers that do not use the Fastify schemas. */
import { Compile } from 'typebox/compile';
import { built } from './built.ts';

const { EntryRequestSchema } = await built<
  typeof import('../../src/infrastructure/driving/http/schemas/entry.schema.ts')
>('infrastructure/driving/http/schemas/entry.schema');
const { ConcertId } = await built<typeof import('../../src/infrastructure/driving/http/schemas/ids.schema.ts')>(
  'infrastructure/driving/http/schemas/ids.schema',
);
const { problemDocument } = await built<typeof import('../../src/infrastructure/driving/http/schemas/problem.ts')>(
  'infrastructure/driving/http/schemas/problem',
);

const request = Compile(EntryRequestSchema);
const concert = Compile(ConcertId);

/** The user id in the body; undefined for an invalid request. */
export function userOf(concertId: string, body: unknown): string | undefined {
  return concert.Check(concertId) && request.Check(body) ? body.userId : undefined;
}

export const PROBLEM_TYPE = 'application/problem+json; charset=utf-8';
export const INVALID = JSON.stringify(problemDocument('INVALID_REQUEST', 'The request is not valid.'));
