import { describe, expect, test } from '@jest/globals';
import { securityOptions } from './kafka-client.ts';

const PEM = '-----BEGIN CERTIFICATE-----\nabc\n-----END CERTIFICATE-----\n';

describe('the security settings', () => {
  test('are nothing by default', () => {
    expect(securityOptions({})).toEqual({});
    expect(securityOptions({ ssl: undefined, sasl: undefined })).toEqual({});
  });
  test('turn on TLS with the authorities that the system knows', () => {
    expect(securityOptions({ ssl: {} })).toEqual({ ssl: {} });
  });
  test('hand on an authority, and a certificate with its key', () => {
    expect(securityOptions({ ssl: { ca: PEM } })).toEqual({ ssl: { ca: [PEM] } });
    expect(securityOptions({ ssl: { cert: PEM, key: PEM } })).toEqual({ ssl: { cert: PEM, key: PEM } });
  });
  test.each(['plain', 'scram-sha-256', 'scram-sha-512'] as const)('log in by %s', (mechanism) => {
    const sasl = { mechanism, username: 'u', password: 'p' };
    expect(securityOptions({ ssl: {}, sasl })).toEqual({ ssl: {}, sasl });
  });
});
