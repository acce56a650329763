import { QueueError } from '../../../application/errors.ts';
import { isConcertId, isPhoneNumber, isUserId } from '../../../application/event-log/identifiers.ts';
import type { RequestEntryInput } from './models/request-entry.model.ts';

/** @throws QueueError `INVALID_REQUEST` */
export function parseConcertId(text: string): string {
  if (isConcertId(text)) return text;
  throw new QueueError('INVALID_REQUEST', 'concertId is not a valid concert id');
}

/** The user id or phone number of the input. @throws QueueError `INVALID_REQUEST` */
export function parseApplicant({ userId, phoneNumber }: RequestEntryInput): { userId?: string; phoneNumber?: string } {
  const user = userId ?? undefined;
  const phone = phoneNumber ?? undefined;
  if (user !== undefined && !isUserId(user)) throw new QueueError('INVALID_REQUEST', 'userId is not a valid user id');
  if (phone !== undefined && !isPhoneNumber(phone))
    throw new QueueError('INVALID_REQUEST', 'phoneNumber is not a valid phone number');
  return { ...(user !== undefined && { userId: user }), ...(phone !== undefined && { phoneNumber: phone }) };
}
