import { createHmac } from 'node:crypto';
import type { Audit } from '../../../application/operations/audit-concert.ts';

/**
 * The list in which a fan finds the own receipt, its place and when it was called: CSV, in the order of places. Users are told
 * apart by HMAC-SHA256 of their id under the salt, cut to 16 digits; without the salt nobody can try ids against it.
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
