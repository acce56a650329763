import { QueueError } from '../../../application/errors.ts';
import { isConcertId, isPhoneNumber, isUserId } from '../../../application/event-log/identifiers.ts';
import type { RequestEntryInput } from './models/request-entry.model.ts';

/** @throws QueueError `INVALID_REQUEST` for what no queue can be called */
export function concertIdOf(text: string): string {
  if (isConcertId(text)) return text;
  throw new QueueError('INVALID_REQUEST', 'concertId is not the id of a concert');
}

/** Whom the input names, in a form that can be an applicant. @throws QueueError `INVALID_REQUEST` */
export function parseApplicant({ userId, phoneNumber }: RequestEntryInput): { userId?: string; phoneNumber?: string } {
  const name = userId ?? undefined;
  const number = phoneNumber ?? undefined;
  if (name !== undefined && !isUserId(name)) throw new QueueError('INVALID_REQUEST', 'userId is not the id of a user');
  if (number !== undefined && !isPhoneNumber(number))
    throw new QueueError('INVALID_REQUEST', 'phoneNumber is not the number of a phone');
  return { ...(name !== undefined && { userId: name }), ...(number !== undefined && { phoneNumber: number }) };
}
