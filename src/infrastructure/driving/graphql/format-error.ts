import { Logger } from '@nestjs/common';
import { GraphQLError, type GraphQLFormattedError } from 'graphql';
import { type ErrorCode, QueueError } from '../../../application/errors.ts';

const logger = new Logger('graphql');

/**
 * Formats an error for the response: the message and code of a QueueError, or GraphQL's message for an invalid request.
 * An unexpected error is logged, and the response shows nothing of it.
 */
export function formatError(error: GraphQLError): GraphQLFormattedError {
  const { path, locations } = error;
  const location = { ...(locations && { locations }), ...(path && { path }) };
  const origin = originOf(error);
  if (origin instanceof QueueError) {
    const { code, message, retryAfterSeconds } = origin;
    return { message, ...location, extensions: extensions(code, retryAfterSeconds) };
  }
  // Without a path nothing was executed: the document is invalid.
  if (!path)
    return { message: withoutSuggestion(error.message), ...location, extensions: extensions('INVALID_REQUEST') };
  logger.error({ err: origin, path }, 'internal error');
  const message = 'The request failed because of an internal error. It is safe to repeat it.';
  return { message, ...location, extensions: extensions('INTERNAL') };
}

/** The error of the parser as a GraphQLError. */
export function asGraphQLError(error: unknown): GraphQLError {
  return error instanceof GraphQLError ? error : new GraphQLError('The request is malformed.');
}

export function toGraphQLError(error: QueueError): GraphQLError {
  return new GraphQLError(error.message, { originalError: error });
}

function extensions(code: ErrorCode, retryAfterSeconds?: number): Record<string, unknown> {
  return retryAfterSeconds === undefined ? { code } : { code, retryAfterSeconds };
}

function originOf(error: GraphQLError): unknown {
  let origin: unknown = error;
  while (origin instanceof GraphQLError && origin.originalError) origin = origin.originalError;
  return origin;
}

/** Removes the suggestions of GraphQL.js, which would disclose names of the schema. */
function withoutSuggestion(message: string): string {
  return message.replace(/ Did you mean .*\?$/, '');
}
