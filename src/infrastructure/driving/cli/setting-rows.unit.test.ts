import { expect, test } from '@jest/globals';
import { settingRows } from './setting-rows.ts';

const rowOf = (name: string, value: string | undefined, meaning = 'What it means.', byDefault = '') =>
  settingRows([{ name, default: byDefault, meaning }], { [name]: value })[0];

test('shows the source of a value', () => {
  expect(rowOf('PORT', ' 80 ', 'm', '3000')).toMatchObject({ value: '80', source: 'environment' });
  expect(rowOf('PORT', '', 'm', '3000')).toMatchObject({ value: '3000', source: 'default' });
  expect(rowOf('CORS_ORIGINS', undefined)).toMatchObject({ value: undefined, source: 'unset' });
  expect(rowOf('ADMIN_TOKEN', undefined, 'Secret. m', 'generated')).toMatchObject({
    value: undefined,
    source: 'generated',
  });
});

test('never shows a secret', () => {
  const row = rowOf('ADMIN_TOKEN', 'a-token-that-must-stay-hidden', 'Secret. Bearer token.', 'generated');
  expect(row).toMatchObject({ secret: true, source: 'environment' });
  expect(JSON.stringify(row)).not.toContain('hidden');
});

test.each([
  ['redis://:pass-word@127.0.0.1:6379', 'redis://***@127.0.0.1:6379'],
  ['postgres://ann:pass-word@db/queue', 'postgres://***@db/queue'],
  ['postgres://db/queue?user=ann&password=pass-word', 'postgres://db/queue?user=ann&password=***'],
  ['redis://ann:pass-w@rd@r1:1,redis://ann:pass-word@r2:2', 'redis://***@r1:1,redis://***@r2:2'],
])('hides the password of %s', (value, shown) => {
  expect(rowOf('REDIS_URL', value)?.value).toBe(shown);
});

test('shortens values that are long or have several lines', () => {
  expect(rowOf('KAFKA_SSL_CA', '-----BEGIN CERTIFICATE-----\nMIIB\n')?.value).toBe('-----BEGIN CERTIFICATE-----...');
  expect(rowOf('X', 'x'.repeat(61))?.value).toBe(`${'x'.repeat(60)}...`);
});
