import { describe, expect, test } from '@jest/globals';
import { staticTokens } from './bearer.ts';

describe('the tokens of the house', () => {
  const tokens = staticTokens('admin-token', 'service-token');

  test('are told apart', () => {
    expect([tokens.isAdmin('admin-token'), tokens.isService('admin-token')]).toEqual([true, false]);
    expect([tokens.isAdmin('service-token'), tokens.isService('service-token')]).toEqual([false, true]);
  });

  test.each(['', 'admin', 'admin-token ', 'Admin-token', 'admin-tokem', 'admin-token-admin-token', '\u0000'])(
    'are not mistaken for %j',
    (candidate) => {
      expect(tokens.isAdmin(candidate)).toBe(false);
    },
  );

  test('do not include a service token that was never set', () => {
    const none = staticTokens('admin-token', undefined);
    expect([none.isService(''), none.isService('undefined')]).toEqual([false, false]);
  });
});
