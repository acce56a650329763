import { Type } from 'typebox';
import type { ErrorCode } from '../../../../application/errors.ts';
import { CODES, PROBLEMS, problemDocument } from './problem.ts';
import { named, ref } from './shared.ts';

export const ProblemSchema = named(
  'Problem',
  Type.Object(
    {
      type: Type.String({ format: 'uri', description: 'Identifies the kind of problem.' }),
      title: Type.String(),
      status: Type.Integer({ minimum: 400, maximum: 599 }),
      detail: Type.String({ description: 'What is wrong with this request, for a human reader.' }),
      code: Type.Enum(CODES, { description: 'The error code, for programs; one of a closed list.' }),
    },
    { additionalProperties: false, description: 'RFC 9457.' },
  ),
);

const RETRY = {
  'Retry-After': { type: 'integer', minimum: 1, description: 'Seconds after which to retry.' },
} as const;

/** Codes of every route except health. */
const LIMITS = ['TOO_MANY_REQUESTS', 'OVERLOADED'] as const;

/** Response schemas by status for the codes of a route. Every route may also answer 400, 429, 500 and 503. */
export function problems(...codes: readonly ErrorCode[]): Record<number, object> {
  return unlimitedProblems(...codes, ...LIMITS);
}

/** As `problems`, for a route without limits: it may also answer 400 and 500. */
export function unlimitedProblems(...codes: readonly ErrorCode[]): Record<number, object> {
  const byStatus = Object.groupBy<number, ErrorCode>(
    [...new Set<ErrorCode>(['INVALID_REQUEST', ...codes, 'INTERNAL'])],
    (code) => PROBLEMS[code].status,
  );
  return Object.fromEntries(
    Object.entries(byStatus).map(([status, group = []]) => [status, response(Number(status), group)]),
  );
}

function response(status: number, codes: readonly ErrorCode[]): object {
  const examples = codes.map((code) => [code, { value: problemDocument(code, PROBLEMS[code].title) }] as const);
  return {
    description: codes.map((code) => `\`${code}\`: ${PROBLEMS[code].title} (${PROBLEMS[code].advice}).`).join(' '),
    ...(status === 429 || status === 503 ? { headers: RETRY } : {}),
    content: { 'application/problem+json': { schema: ref(ProblemSchema), examples: Object.fromEntries(examples) } },
  };
}
