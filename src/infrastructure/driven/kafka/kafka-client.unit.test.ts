import { describe, expect, test } from '@jest/globals';
import { securityConfig } from './kafka-client.ts';

const PEM = '-----BEGIN CERTIFICATE-----\nabc\n-----END CERTIFICATE-----\n';

describe('the security configuration', () => {
  test('is empty by default', () => {
    expect(securityConfig({})).toEqual({});
    expect(securityConfig({ ssl: undefined, sasl: undefined })).toEqual({});
  });
  test('enables TLS with the authorities of the system', () => {
    expect(securityConfig({ ssl: {} })).toEqual({ ssl: {} });
  });
  test('passes on an authority, and a certificate with its key', () => {
    expect(securityConfig({ ssl: { ca: PEM } })).toEqual({ ssl: { ca: [PEM] } });
    expect(securityConfig({ ssl: { cert: PEM, key: PEM } })).toEqual({ ssl: { cert: PEM, key: PEM } });
  });
  test.each(['plain', 'scram-sha-256', 'scram-sha-512'] as const)('authenticates with %s', (mechanism) => {
    const sasl = { mechanism, username: 'u', password: 'p' };
    expect(securityConfig({ ssl: {}, sasl })).toEqual({ ssl: {}, sasl });
  });
});
