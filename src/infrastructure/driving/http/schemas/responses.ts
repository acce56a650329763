import type { ErrorCode } from '../../../../application/errors.ts';
import { problems } from './problem.schema.ts';
import { QueueSchema } from './queue.schema.ts';
import { ReceiptedSchema } from './receipt.schema.ts';
import { ref } from './shared.ts';

/** Codes of calls that may have a body. */
export const BODY_CODES = ['PAYLOAD_TOO_LARGE', 'UNSUPPORTED_MEDIA_TYPE'] as const;

/** Codes of calls that append to the log. */
export const APPEND_CODES = [...BODY_CODES, 'LOG_UNAVAILABLE', 'OVERLOADED'] as const;

export function adminProblems(...codes: readonly ErrorCode[]): Record<number, object> {
  return problems('UNAUTHENTICATED', 'FORBIDDEN', 'ELIGIBILITY_UNAVAILABLE', ...codes);
}

export const queueChangeResponses = {
  200: {
    description: 'The queue after the event was projected.',
    content: { 'application/json': { schema: ref(QueueSchema) } },
  },
  202: {
    description: 'The event is in the log; its projection takes more than 2 s.',
    content: { 'application/json': { schema: ref(ReceiptedSchema) } },
  },
  ...adminProblems('CONCERT_NOT_FOUND', ...BODY_CODES, 'LOG_UNAVAILABLE', 'PROJECTION_UNAVAILABLE', 'OVERLOADED'),
};

export const acceptedResponse = {
  description: 'The event is in the log; it takes effect when it is projected.',
  content: { 'application/json': { schema: ref(ReceiptedSchema) } },
};
