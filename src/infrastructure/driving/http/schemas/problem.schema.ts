import { Type } from 'typebox';
import type { ErrorCode } from '../../../../application/errors.ts';
import { CODES, PROBLEMS, problemDocument } from './problem.ts';
import { named, ref } from './shared.ts';

export const Problem = named(
  'Problem',
  Type.Object(
    {
      type: Type.String({ format: 'uri', description: 'Names the kind of problem.' }),
      title: Type.String(),
      status: Type.Integer({ minimum: 400, maximum: 599 }),
      detail: Type.String({ description: 'What is wrong with this request, for people.' }),
      code: Type.Enum(CODES, { description: 'For programs. A closed list.' }),
    },
    { additionalProperties: false, description: 'RFC 9457.' },
  ),
);

const RETRY = {
  'Retry-After': { type: 'integer', minimum: 1, description: 'Seconds after which to ask again.' },
} as const;

/** What every route may answer, but those of health, which nobody is kept from. */
const LIMITS = ['TOO_MANY_REQUESTS', 'OVERLOADED'] as const;

/** Response schemas for the codes a route may answer with, by status. Every route may also answer 400, 429, 500 and 503. */
export function problems(...codes: readonly ErrorCode[]): Record<number, object> {
  return unlimitedProblems(...codes, ...LIMITS);
}

/** The same of a route that is not limited: it may also answer 400 and 500. */
export function unlimitedProblems(...codes: readonly ErrorCode[]): Record<number, object> {
  const byStatus = Object.groupBy<number, ErrorCode>(
    [...new Set<ErrorCode>(['INVALID_REQUEST', ...codes, 'INTERNAL'])],
    (code) => PROBLEMS[code].status,
  );
  return Object.fromEntries(
    Object.entries(byStatus).map(([status, together = []]) => [status, response(Number(status), together)]),
  );
}

function response(status: number, codes: readonly ErrorCode[]): object {
  const examples = codes.map((code) => [code, { value: problemDocument(code, PROBLEMS[code].title) }] as const);
  return {
    description: codes.map((code) => `\`${code}\`: ${PROBLEMS[code].title} (${PROBLEMS[code].advice}).`).join(' '),
    ...(status === 429 || status === 503 ? { headers: RETRY } : {}),
    content: { 'application/problem+json': { schema: ref(Problem), examples: Object.fromEntries(examples) } },
  };
}
