import { QueueError } from '../../application/errors.ts';
import type { Applicant } from '../../application/ports/eligibility.port.ts';
import type { EntryRequest } from './schemas/entry.schema.ts';

/** Who asks for entry, as far as this caller may say so. @throws QueueError `FORBIDDEN`, `INVALID_REQUEST` */
export function applicantOf({ userId, phoneNumber }: EntryRequest, entryAuth: 'open' | 'service'): Applicant {
  if (phoneNumber === undefined && userId !== undefined) return { userId };
  if (phoneNumber === undefined || userId !== undefined)
    throw new QueueError('INVALID_REQUEST', 'body must have either userId or phoneNumber');
  // Else strangers could find out whose number the shop knows.
  if (entryAuth === 'open')
    throw new QueueError('FORBIDDEN', "Only the shop's own backend may name a phone number (ENTRY_AUTH=service).");
  return { phoneNumber };
}
