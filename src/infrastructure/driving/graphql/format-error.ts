import { Logger } from '@nestjs/common';
import { GraphQLError, type GraphQLFormattedError } from 'graphql';
import { type ErrorCode, QueueError } from '../../../application/errors.ts';

const logger = new Logger('graphql');

/**
 * What a caller is told of an error: the message of a QueueError with its code, or what GraphQL says of a request that is not
 * valid. Of an error that nobody foresaw nothing gets out; it is logged.
 */
export function formatError(error: GraphQLError): GraphQLFormattedError {
  const { path, locations } = error;
  const where = { ...(locations && { locations }), ...(path && { path }) };
  const origin = originOf(error);
  if (origin instanceof QueueError) {
    const { code, message, retryAfterSeconds } = origin;
    return { message, ...where, extensions: extensions(code, retryAfterSeconds) };
  }
  // Before anything was carried out, GraphQL itself has found the fault in the request.
  if (!path) return { message: withoutHints(error.message), ...where, extensions: extensions('INVALID_REQUEST') };
  logger.error({ err: origin, path }, 'unforeseen error');
  const message = 'The request failed here. It is safe to repeat it.';
  return { message, ...where, extensions: extensions('INTERNAL') };
}

/** The errors of a document that was not carried out at all. */
export function asGraphQLErrors(errors: readonly unknown[]): readonly GraphQLError[] {
  return errors.map((error) => (error instanceof GraphQLError ? error : new GraphQLError('The request is malformed.')));
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

/** GraphQL guesses what was meant, and so tells names to whoever tries. */
function withoutHints(message: string): string {
  return message.replace(/ Did you mean .*\?$/, '');
}
