import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Eligibility } from './eligibility.port.ts';

export interface RecordsUnderTest {
  readonly eligibility: Eligibility;
  /** What a shop would have; each replaces all before. */
  has(
    users: readonly { readonly userId: string; readonly phoneNumber: string; readonly points: number }[],
  ): Promise<void>;
  /** From now on nothing answers, and connections stay open. */
  hang(): void;
  /** From now on nothing answers: connections are refused. */
  goAway(): void;
  comeBack(): void;
  close(): Promise<void>;
}

const AWAY = { code: 'ELIGIBILITY_UNAVAILABLE', retryAfterSeconds: expect.any(Number) };
/** What the adapters under test are given as `timeoutMs`. */
export const TIMEOUT_MS = 300;

/** What every adapter of the port does. */
export function describeEligibility(name: string, open: () => Promise<RecordsUnderTest>): void {
  describe(`records of users, ${name}`, () => {
    let records: RecordsUnderTest;
    beforeEach(async () => {
      records = await open();
      await records.has([
        { userId: 'ann', phoneNumber: '010-1234-5678', points: 120 },
        { userId: 'bo', phoneNumber: '+821098765432', points: 0 },
      ]);
    });
    afterEach(() => records.close());

    test('finds a user by phone number and by pseudonym', async () => {
      const ann = { userId: 'ann', points: 120 };
      expect(await records.eligibility.find({ phoneNumber: '010-1234-5678' })).toEqual(ann);
      expect(await records.eligibility.find({ userId: 'ann' })).toEqual(ann);
      expect(await records.eligibility.find({ userId: 'bo' })).toEqual({ userId: 'bo', points: 0 });
    });

    test('has no record of an unknown user', async () => {
      expect(await records.eligibility.find({ phoneNumber: '010-0000-0000' })).toBeUndefined();
      expect(await records.eligibility.find({ userId: "ann' or true --" })).toBeUndefined();
    });

    test('reports ELIGIBILITY_UNAVAILABLE within its timeout while the source does not respond', async () => {
      await records.eligibility.find({ userId: 'ann' });
      records.hang();
      const requested = performance.now();
      await expect(records.eligibility.find({ userId: 'ann' })).rejects.toMatchObject(AWAY);
      expect(performance.now() - requested).toBeLessThan(TIMEOUT_MS * 5);
      records.comeBack();
    });

    test('reports ELIGIBILITY_UNAVAILABLE while connections are refused, and recovers by itself', async () => {
      await records.eligibility.find({ userId: 'ann' });
      records.goAway();
      await expect(records.eligibility.find({ userId: 'ann' })).rejects.toMatchObject(AWAY);
      records.comeBack();
      expect(await records.eligibility.find({ userId: 'ann' })).toMatchObject({ userId: 'ann' });
    });

    test('rejects a user whose pseudonym is not a valid userId', async () => {
      await records.has([{ userId: 'ann@example.org', phoneNumber: '010-1111-2222', points: 5 }]);
      await expect(records.eligibility.find({ phoneNumber: '010-1111-2222' })).rejects.toMatchObject(AWAY);
    });

    test('names no user in logs and errors', async () => {
      records.goAway();
      const failure: unknown = await records.eligibility
        .find({ phoneNumber: '010-1234-5678' })
        .catch((error: unknown) => error);
      expect(failure).toBeInstanceOf(Error);
      expect(failure).not.toHaveProperty('cause');
      expect(JSON.stringify(failure) + String(failure)).not.toContain('1234');
    });
  });
}
