/** Every authentication of the settings against a real broker, and that wrong credentials fail. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Certificate, newCertificate } from '../../../../test/support/certificate.ts';
import { type DedicatedKafka, startDedicatedKafka } from '../../../../test/support/dedicated-kafka.ts';
import { kafkaNames } from '../../../config/kafka-settings.ts';
import { silent } from './kafka.fixtures.ts';
import { kafkaClient } from './kafka-client.ts';
import type { KafkaSecurity } from './kafka-options.ts';

const MECHANISMS = ['plain', 'scram-sha-256', 'scram-sha-512'] as const;
const [username, password] = ['queue', 'not-for-all-4711'];

let known: Certificate;
let client: Certificate;
let elsewhere: Certificate;
let kafka: DedicatedKafka;

beforeAll(async () => {
  [known, client, elsewhere] = await Promise.all([
    newCertificate(),
    newCertificate(),
    newCertificate('DNS:elsewhere.example'),
  ]);
  kafka = await startDedicatedKafka({
    listeners: ['LOGIN', 'MUTUAL', 'ELSEWHERE'],
    scramUsers: ['256', '512'].map((bits) => `SCRAM-SHA-${bits}=[name=${username},password=${password}]`),
    properties: {
      'listener.security.protocol.map':
        'PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,PROXIED:PLAINTEXT,LOGIN:SASL_SSL,MUTUAL:SSL,ELSEWHERE:SSL',
      ...login(),
      ...keyStore('login', known),
      ...keyStore('elsewhere', elsewhere),
      ...keyStore('mutual', known),
      'listener.name.mutual.ssl.client.auth': 'required',
      'listener.name.mutual.ssl.truststore.type': 'PEM',
      'listener.name.mutual.ssl.truststore.location': client.cert,
    },
  });
}, 60_000);
afterAll(async () => {
  await kafka.close();
  for (const certificate of [known, client, elsewhere]) await certificate.remove();
}, 30_000);

function login(): Record<string, string> {
  const [listener, security] = ['listener.name.login', 'org.apache.kafka.common.security'];
  const scram = `${security}.scram.ScramLoginModule required;`;
  return {
    [`${listener}.sasl.enabled.mechanisms`]: 'PLAIN,SCRAM-SHA-256,SCRAM-SHA-512',
    [`${listener}.plain.sasl.jaas.config`]: `${security}.plain.PlainLoginModule required user_${username}="${password}";`,
    [`${listener}.scram-sha-256.sasl.jaas.config`]: scram,
    [`${listener}.scram-sha-512.sasl.jaas.config`]: scram,
  };
}

function keyStore(listener: string, certificate: Certificate): Record<string, string> {
  return {
    [`listener.name.${listener}.ssl.keystore.type`]: 'PEM',
    [`listener.name.${listener}.ssl.keystore.location`]: certificate.keyStore,
  };
}

/** Connects to a listener. @returns the number of brokers. @throws the error of kafkajs */
async function connect(listener: string, security: KafkaSecurity): Promise<number> {
  const settings = { clientId: 'kafka-test', ...kafkaNames(''), partitions: 1, replicationFactor: 1, ...security };
  const admin = kafkaClient({ ...settings, brokers: [kafka.at[listener] ?? ''] }, silent).admin();
  try {
    await admin.connect();
    return (await admin.describeCluster()).brokers.length;
  } finally {
    await admin.disconnect();
  }
}

describe.each(MECHANISMS)('with %s over TLS', (mechanism) => {
  test('accepts the right password and rejects a wrong one', async () => {
    const ssl = { ca: known.text };
    expect(await connect('LOGIN', { ssl, sasl: { mechanism, username, password } })).toBe(1);
    const wrong = { mechanism, username, password: `${password}?` };
    await expect(connect('LOGIN', { ssl, sasl: wrong })).rejects.toThrow(/authentication/i);
  });
});

describe('with a client certificate', () => {
  test('accepts a client with a trusted certificate', async () => {
    const ssl = { ca: known.text, cert: client.text, key: client.keyText };
    expect(await connect('MUTUAL', { ssl })).toBe(1);
  });

  test('rejects a client without a certificate or with an untrusted one', async () => {
    // The broker rejects the client only after its first request: the response may be lost with the connection.
    const rejected = /certificate|ECONNRESET|EPIPE|closed/i;
    await expect(connect('MUTUAL', { ssl: { ca: known.text } })).rejects.toThrow(rejected);
    const untrusted = { ca: known.text, cert: elsewhere.text, key: elsewhere.keyText };
    await expect(connect('MUTUAL', { ssl: untrusted })).rejects.toThrow(rejected);
  });
});

describe('the client rejects a broker', () => {
  test('with a certificate of an unknown authority', async () => {
    await expect(connect('LOGIN', { ssl: {} })).rejects.toThrow(/self-signed certificate/);
  });
  test('with a certificate for another host', async () => {
    await expect(connect('ELSEWHERE', { ssl: { ca: elsewhere.text } })).rejects.toThrow(/does not match certificate/);
  });
});
