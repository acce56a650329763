import { createHmac } from 'node:crypto';
import type { Audit } from '../../../application/operations/audit-concert.ts';

/**
 * CSV of all entries by place, in which users find their receipt, place and time of the call. The pseudonym of a user is the
 * first 16 hexadecimal digits of HMAC-SHA256(salt, userId); guessing ids needs the salt.
 */
export function* auditList({ partition, visits }: Audit, salt: string): Generator<string> {
  yield 'user,receipt,place,calledAt';
  for (const { userId, offset, place, calledAt, state } of visits) {
    if (state === 'REJECTED') continue;
    const user = createHmac('sha256', salt).update(userId).digest('hex').slice(0, 16);
    const called = calledAt === undefined ? '' : new Date(calledAt).toISOString();
    yield `${user},${partition}/${offset},${place},${called}`;
  }
}
