import { HttpException } from '@nestjs/common';
import type { FastifySchemaValidationError } from 'fastify/types/schema.js';
import { type ErrorCode, QueueError } from '../../../application/errors.ts';
import type { ApiProblem } from './schemas/problem.ts';

/** Maximum size of a body in bytes. */
export const BODY_LIMIT = 16 * 1024;

const BY_STATUS: Readonly<Record<number, ApiProblem>> = {
  404: { code: 'NOT_FOUND', detail: 'No resource has this path.' },
  413: { code: 'PAYLOAD_TOO_LARGE', detail: `The body must not be larger than ${BODY_LIMIT} bytes.` },
  415: { code: 'UNSUPPORTED_MEDIA_TYPE', detail: 'The body must be of the media type application/json.' },
};
const MALFORMED: Readonly<Record<string, string>> = {
  FST_ERR_CTP_INVALID_JSON_BODY: 'body must be valid JSON',
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: 'The body is not as long as Content-Length says.',
  FST_ERR_BAD_URL: 'The URL is not valid: check its percent-encoding.',
  FST_ERR_MAX_PARAM_LENGTH: 'A part of the path is too long.',
};

/**
 * Maps an error to a problem. Only texts written for callers are shown: the message of a QueueError, or the violated rule
 * of a schema.
 *
 * @returns undefined for an unexpected error; log it and answer with INTERNAL_PROBLEM
 */
export function toProblem(error: unknown): ApiProblem | undefined {
  if (error instanceof QueueError) {
    const seconds = error.retryAfterSeconds;
    const headers = seconds === undefined ? {} : { 'retry-after': String(Math.max(1, Math.ceil(seconds))) };
    return { code: error.code, detail: error.message, headers };
  }
  // Nest wraps the errors of Fastify.
  const origin = error instanceof HttpException ? (error.cause ?? error) : error;
  if (hasValidation(origin)) return { code: 'INVALID_REQUEST', detail: violatedRule(origin) };
  const status = error instanceof HttpException ? error.getStatus() : statusOf(origin);
  if (status === undefined || status < 400 || status >= 500) return undefined;
  return (
    BY_STATUS[status] ?? { code: 'INVALID_REQUEST', detail: MALFORMED[codeOf(origin)] ?? 'The request is malformed.' }
  );
}

/** The problem of an error for which `toProblem` returns undefined. */
export const INTERNAL_PROBLEM: ApiProblem = {
  code: 'INTERNAL' satisfies ErrorCode,
  detail: 'The request failed because of an internal error. It is safe to repeat it.',
};

interface ValidationError {
  readonly validation: readonly FastifySchemaValidationError[];
  readonly validationContext?: string;
}

function hasValidation(error: unknown): error is ValidationError {
  return typeof error === 'object' && error !== null && 'validation' in error && Array.isArray(error.validation);
}

/** Names the field and the rule, such as `body/capacity must be >= 1`, never the value. */
function violatedRule({ validation: [first], validationContext = 'request' }: ValidationError): string {
  if (!first) return `${validationContext} is not valid`;
  const field = validationContext + first.instancePath;
  const { additionalProperty, allowedValues } = first.params;
  if (typeof additionalProperty === 'string')
    return `${field} must not have the property ${JSON.stringify(additionalProperty.slice(0, 64))}`;
  if (Array.isArray(allowedValues)) return `${field} must be one of ${allowedValues.join(', ')}`;
  return `${field} ${first.message ?? 'is not valid'}`;
}

function statusOf(error: unknown): number | undefined {
  if (typeof error !== 'object' || error === null || !('statusCode' in error)) return undefined;
  return typeof error.statusCode === 'number' ? error.statusCode : undefined;
}

function codeOf(error: unknown): string {
  return typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : '';
}
