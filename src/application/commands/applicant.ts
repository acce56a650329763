import { QueueError } from '../errors.ts';
import type { EntryRight } from '../ports/authentication.port.ts';
import type { Applicant } from '../ports/eligibility.port.ts';

/** The user that the body of a request names. */
interface Named {
  readonly userId?: string;
  readonly phoneNumber?: string;
}

/** The user who requests entry, as far as this caller may name one. @throws QueueError `FORBIDDEN`, `INVALID_REQUEST` */
export function applicantOf({ userId, phoneNumber }: Named, right: EntryRight): Applicant {
  if (right.by === 'user') {
    // Reject a userId in the body even if it is the caller's own: the caller believes that it counts.
    if (userId === undefined && phoneNumber === undefined) return { userId: right.userId };
    throw new QueueError('INVALID_REQUEST', 'body must not name a user: the token does (ENTRY_AUTH=jwt)');
  }
  if (phoneNumber === undefined && userId !== undefined) return { userId };
  if (phoneNumber === undefined || userId !== undefined)
    throw new QueueError('INVALID_REQUEST', 'body must have either userId or phoneNumber');
  // Otherwise any caller could test which numbers the shop knows.
  if (right.by === 'anyone')
    throw new QueueError('FORBIDDEN', "Only the shop's own backend may name a phone number (ENTRY_AUTH=service).");
  return { phoneNumber };
}
