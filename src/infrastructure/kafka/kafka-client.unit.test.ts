import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { FatalError } from '../../application/errors.ts';
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
  test('take a PEM text as it is, also written on one line', () => {
    expect(securityOptions({ ssl: { ca: PEM } })).toEqual({ ssl: { ca: [PEM] } });
    expect(securityOptions({ ssl: { ca: PEM.replaceAll('\n', '\\n') } })).toEqual({ ssl: { ca: [PEM] } });
  });
  test('read a PEM from the file that is named', () => {
    const folder = mkdtempSync(join(tmpdir(), 'kafka-client-'));
    try {
      const path = join(folder, 'x.pem');
      writeFileSync(path, PEM);
      expect(securityOptions({ ssl: { ca: path, cert: path, key: path } })).toEqual({
        ssl: { ca: [PEM], cert: PEM, key: PEM },
      });
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
  test('refuse a file that cannot be read, by the name of the setting and without its value', () => {
    expect(() => securityOptions({ ssl: { ca: '/nowhere/secret' } })).toThrow(FatalError);
    expect(() => securityOptions({ ssl: { ca: '/nowhere/secret' } })).toThrow(
      /^KAFKA_SSL_CA: the file cannot be read$/,
    );
  });
  test('refuse a certificate without its key', () => {
    expect(() => securityOptions({ ssl: { cert: PEM } })).toThrow(/together/);
  });
  test.each(['plain', 'scram-sha-256', 'scram-sha-512'] as const)('log in by %s', (mechanism) => {
    const sasl = { mechanism, username: 'u', password: 'p' };
    expect(securityOptions({ ssl: {}, sasl })).toEqual({ ssl: {}, sasl });
  });
});
