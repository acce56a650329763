/** Every way that the settings offer to get into a broker, and that no other way leads in. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Certificate, newCertificate } from '../../../../test/support/certificate.ts';
import { type PrivateKafka, startPrivateKafka } from '../../../../test/support/dedicated-kafka.ts';
import { kafkaNames } from '../../../config/kafka-settings.ts';
import { silent } from './kafka.fixtures.ts';
import { kafkaClient } from './kafka-client.ts';
import type { KafkaSecurity } from './kafka-options.ts';

const MECHANISMS = ['plain', 'scram-sha-256', 'scram-sha-512'] as const;
const [username, password] = ['queue', 'not-for-all-4711'];

let known: Certificate;
let client: Certificate;
let elsewhere: Certificate;
let kafka: PrivateKafka;

beforeAll(async () => {
  [known, client, elsewhere] = await Promise.all([
    newCertificate(),
    newCertificate(),
    newCertificate('DNS:elsewhere.example'),
  ]);
  kafka = await startPrivateKafka({
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

/** Enters by a listener. @returns how many brokers there are @throws what keeps it out */
async function enter(listener: string, security: KafkaSecurity): Promise<number> {
  const settings = { clientId: 'visitor', ...kafkaNames(''), partitions: 1, replicationFactor: 1, ...security };
  const admin = kafkaClient({ ...settings, brokers: [kafka.at[listener] ?? ''] }, silent).admin();
  try {
    await admin.connect();
    return (await admin.describeCluster()).brokers.length;
  } finally {
    await admin.disconnect();
  }
}

describe.each(MECHANISMS)('with %s over TLS', (mechanism) => {
  test('who knows the password enters, nobody else', async () => {
    const ssl = { ca: known.text };
    expect(await enter('LOGIN', { ssl, sasl: { mechanism, username, password } })).toBe(1);
    const wrong = { mechanism, username, password: `${password}?` };
    await expect(enter('LOGIN', { ssl, sasl: wrong })).rejects.toThrow(/authentication/i);
  });
});

describe('with a certificate of its own', () => {
  test('the client that the broker knows enters', async () => {
    const ssl = { ca: known.text, cert: client.text, key: client.keyText };
    expect(await enter('MUTUAL', { ssl })).toBe(1);
  });

  test('one without, or with that of a stranger, does not', async () => {
    // The broker says so only after the client, for its part, has begun to speak: the answer may be lost with the connection.
    const refused = /certificate|ECONNRESET|EPIPE|closed/i;
    await expect(enter('MUTUAL', { ssl: { ca: known.text } })).rejects.toThrow(refused);
    const stranger = { ca: known.text, cert: elsewhere.text, key: elsewhere.keyText };
    await expect(enter('MUTUAL', { ssl: stranger })).rejects.toThrow(refused);
  });
});

describe('to a broker it must not trust no client speaks', () => {
  test('that of an unknown authority', async () => {
    await expect(enter('LOGIN', { ssl: {} })).rejects.toThrow(/self-signed certificate/);
  });
  test('that whose certificate is for another host', async () => {
    await expect(enter('ELSEWHERE', { ssl: { ca: elsewhere.text } })).rejects.toThrow(/does not match certificate/);
  });
});
