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
    expect(securityOptions({ ssl: false })).toEqual({});
  });
  test('turn on TLS with the system’s authorities', () => {
    expect(securityOptions({ ssl: true })).toEqual({ ssl: true });
  });
  test('take a PEM text as it is, also written on one line', () => {
    expect(securityOptions({ ssl: true, sslCa: PEM })).toEqual({ ssl: { ca: [PEM] } });
    expect(securityOptions({ ssl: true, sslCa: PEM.replaceAll('\n', '\\n') })).toEqual({ ssl: { ca: [PEM] } });
  });
  test('read a PEM from the file that is named', () => {
    const folder = mkdtempSync(join(tmpdir(), 'kafka-client-'));
    try {
      const path = join(folder, 'x.pem');
      writeFileSync(path, PEM);
      expect(securityOptions({ sslCa: path, sslCert: path, sslKey: path })).toEqual({
        ssl: { ca: [PEM], cert: PEM, key: PEM },
      });
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
  test('refuse a file that cannot be read, by the name of the setting and without its value', () => {
    expect(() => securityOptions({ sslCa: '/nowhere/secret' })).toThrow(FatalError);
    expect(() => securityOptions({ sslCa: '/nowhere/secret' })).toThrow(/^KAFKA_SSL_CA: the file cannot be read$/);
  });
  test('refuse a certificate without its key, and certificates with TLS off', () => {
    expect(() => securityOptions({ sslCert: PEM })).toThrow(/together/);
    expect(() => securityOptions({ ssl: false, sslCa: PEM })).toThrow(/KAFKA_SSL is off/);
  });
  test('pass SASL on', () => {
    const sasl = { mechanism: 'scram-sha-256', username: 'u', password: 'p' } as const;
    expect(securityOptions({ ssl: true, sasl })).toEqual({ ssl: true, sasl });
  });
});
