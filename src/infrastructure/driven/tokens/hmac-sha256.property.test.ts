import { createHmac } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { hmacSha256 } from './hmac-sha256.ts';

const text = (maxLength: number) => fc.string({ unit: 'binary', maxLength });

describe('HMAC-SHA256', () => {
  test('is what OpenSSL makes of it, for keys and texts of any length, one after the other', () => {
    fc.assert(
      fc.property(text(150), fc.array(text(3_000), { minLength: 1, maxLength: 5 }), (secret, texts) => {
        const ours = hmacSha256(secret);
        const theirs = (said: string): string => createHmac('sha256', secret).update(said).digest('base64url');
        expect(texts.map(ours)).toEqual(texts.map(theirs));
      }),
    );
  });

  // RFC 4231, test case 2.
  test('is what its standard says', () => {
    const made = Buffer.from(hmacSha256('Jefe')('what do ya want for nothing?'), 'base64url').toString('hex');
    expect(made).toBe('5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843');
  });

  test.each([63, 64, 65])('takes a key of %p bytes', (bytes) => {
    const secret = 'k'.repeat(bytes);
    expect(hmacSha256(secret)('text')).toBe(createHmac('sha256', secret).update('text').digest('base64url'));
  });

  test('forgets the longer text before', () => {
    const ours = hmacSha256('secret');
    const before = ours('short');
    ours('long '.repeat(2_000));
    expect(ours('short')).toBe(before);
  });
});
