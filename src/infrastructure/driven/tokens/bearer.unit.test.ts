import { describe, expect, test } from '@jest/globals';
import { staticTokens } from './bearer.ts';

describe('ADMIN_TOKEN and SERVICE_TOKEN', () => {
  const tokens = staticTokens('admin-token', 'service-token');

  test('are distinguished', () => {
    expect([tokens.isAdmin('admin-token'), tokens.isService('admin-token')]).toEqual([true, false]);
    expect([tokens.isAdmin('service-token'), tokens.isService('service-token')]).toEqual([false, true]);
  });

  test.each(['', 'admin', 'admin-token ', 'Admin-token', 'admin-tokem', 'admin-token-admin-token', '\u0000'])(
    'do not match %j',
    (candidate) => {
      expect(tokens.isAdmin(candidate)).toBe(false);
    },
  );

  test('match nothing if the service token is not set', () => {
    const none = staticTokens('admin-token', undefined);
    expect([none.isService(''), none.isService('undefined')]).toEqual([false, false]);
  });
});
