import type { ErrorCode } from '../../../../application/errors.ts';
import { problems } from './problem.schema.ts';
import { Queue } from './queue.schema.ts';
import { Receipted } from './receipt.schema.ts';
import { ref } from './shared.ts';

/** What a call that may carry a body can be refused for, before anyone looks at what it asks. */
export const BODY_CODES = ['PAYLOAD_TOO_LARGE', 'UNSUPPORTED_MEDIA_TYPE'] as const;

/** The same of a call that appends to the log. */
export const APPEND_CODES = [...BODY_CODES, 'LOG_UNAVAILABLE', 'OVERLOADED'] as const;

export function adminProblems(...codes: readonly ErrorCode[]): Record<number, object> {
  return problems('UNAUTHENTICATED', 'FORBIDDEN', 'ELIGIBILITY_UNAVAILABLE', ...codes);
}

export const queueChangeResponses = {
  200: { description: 'The queue, as this event left it.', content: { 'application/json': { schema: ref(Queue) } } },
  202: {
    description: 'The event is in the log; its projection takes over 2 s.',
    content: { 'application/json': { schema: ref(Receipted) } },
  },
  ...adminProblems('CONCERT_NOT_FOUND', ...BODY_CODES, 'LOG_UNAVAILABLE', 'PROJECTION_UNAVAILABLE', 'OVERLOADED'),
};

export const acceptedResponse = {
  description: 'The event is in the log, and takes effect once it is projected.',
  content: { 'application/json': { schema: ref(Receipted) } },
};
