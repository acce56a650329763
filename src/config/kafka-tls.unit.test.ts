import { generateKeyPairSync } from 'node:crypto';
import { rootCertificates } from 'node:tls';
import { expect, test } from '@jest/globals';
import { read, rejection } from './settings.fixtures.ts';

const [ONE = '', OTHER = ''] = rootCertificates;
const { privateKey } = generateKeyPairSync('ed25519');
const KEY = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
const ENCRYPTED = privateKey
  .export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'hunter' })
  .toString();
const BROKEN = '-----BEGIN CERTIFICATE-----\\nx\\n-----END CERTIFICATE-----';

const tls = (settings: Record<string, string>) => read({ KAFKA_SSL: 'true', ...settings }).kafka.ssl;

test('KAFKA_SSL alone trusts the authorities of Node', () => {
  expect(tls({})).toEqual({});
});

test('KAFKA_SSL_CA accepts a bundle with comments, and line breaks as \\n', () => {
  const bundle = `# one\n${ONE}\n# the other\n${OTHER}`;
  expect(tls({ KAFKA_SSL_CA: bundle })).toEqual({ ca: bundle });
  expect(tls({ KAFKA_SSL_CA: ONE.replaceAll('\n', '\\n') })).toEqual({ ca: ONE });
});

test.each([
  ['an invalid authority', { KAFKA_SSL_CA: BROKEN }, 'KAFKA_SSL_CA must be PEM text of certificates'],
  [
    'an invalid authority in a bundle',
    { KAFKA_SSL_CA: `${ONE}\n${BROKEN}` },
    'KAFKA_SSL_CA must be PEM text of certificates',
  ],
  ['a key as authority', { KAFKA_SSL_CA: KEY }, 'KAFKA_SSL_CA must be PEM text of certificates'],
  ['a certificate without its key', { KAFKA_SSL_CERT: ONE }, 'KAFKA_SSL_CERT and KAFKA_SSL_KEY need each other'],
  ['another key', { KAFKA_SSL_CERT: ONE, KAFKA_SSL_KEY: KEY }, 'KAFKA_SSL_KEY is not the key of KAFKA_SSL_CERT'],
  [
    'an encrypted key',
    { KAFKA_SSL_CERT: ONE, KAFKA_SSL_KEY: ENCRYPTED },
    'KAFKA_SSL_KEY must be PEM text of a private key',
  ],
  ['no encryption', { KAFKA_SSL: 'false', KAFKA_SSL_CA: ONE }, 'KAFKA_SSL_CA needs KAFKA_SSL=true'],
])('%s is rejected by name', (_, settings, reason) => {
  const message = rejection(() => tls(settings));
  expect(message).toMatch(new RegExp(`^Invalid settings: ${reason}[^;]*$`));
});
