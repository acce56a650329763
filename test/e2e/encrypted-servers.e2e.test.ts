/** The way that operators are told to run it: connections to Kafka and Redis encrypted, and a login at the broker. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { freePorts } from '../../tools/stack/ports.ts';
import { type Entry, granted } from '../support/api.ts';
import { type Certificate, newCertificate } from '../support/certificate.ts';
import { eventually } from '../support/eventually.ts';
import { Installation } from '../support/installation.ts';
import { type PrivateKafka, startPrivateKafka } from '../support/private-kafka.ts';
import { type PrivateRedis, startPrivateRedis } from '../support/private-redis.ts';

const USER = 'queue';
const PASSWORD = 'not-for-the-log-4711';

let certificate: Certificate;
let kafka: PrivateKafka;
let redis: PrivateRedis;
let installation: Installation;
let encrypted: Readonly<Record<string, string>>;

beforeAll(async () => {
  certificate = await newCertificate();
  const [tlsPort = 0] = await freePorts(1);
  [kafka, redis] = await Promise.all([
    startPrivateKafka({
      scramUsers: [`SCRAM-SHA-512=[name=${USER},password=${PASSWORD}]`],
      properties: brokerProperties(certificate),
    }),
    startPrivateRedis({
      'tls-port': `${tlsPort}`,
      'tls-cert-file': certificate.cert,
      'tls-key-file': certificate.key,
      'tls-ca-cert-file': certificate.cert,
      'tls-auth-clients': 'no',
    }),
  ]);
  installation = await Installation.create({ brokers: kafka.brokers, redisUrl: redis.url });
  encrypted = {
    KAFKA_BROKERS: kafka.brokersThroughProxy.join(),
    KAFKA_SSL: 'true',
    KAFKA_SSL_CA: certificate.text,
    KAFKA_SASL_USERNAME: USER,
    KAFKA_SASL_PASSWORD: PASSWORD,
    REDIS_URL: `rediss://127.0.0.1:${tlsPort}`,
    NODE_EXTRA_CA_CERTS: certificate.cert, // Redis' authority: none that the system knows
  };
}, 60_000);
afterAll(async () => {
  await installation.close();
  await Promise.all([kafka.close(), redis.close()]);
  await certificate.remove();
}, 30_000);

function brokerProperties({ keyStore }: Certificate): Record<string, string> {
  const security = 'org.apache.kafka.common.security';
  const listener = {
    'ssl.keystore.type': 'PEM',
    'ssl.keystore.location': keyStore,
    'sasl.enabled.mechanisms': 'PLAIN,SCRAM-SHA-512',
    'plain.sasl.jaas.config': `${security}.plain.PlainLoginModule required user_${USER}="${PASSWORD}";`,
    'scram-sha-512.sasl.jaas.config': `${security}.scram.ScramLoginModule required;`,
  };
  return {
    'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,PROXIED:SASL_SSL',
    ...Object.fromEntries(Object.entries(listener).map(([name, value]) => [`listener.name.proxied.${name}`, value])),
  };
}

test('a user enters, and is called, over SASL_SSL and rediss alone', async () => {
  const projector = await installation.start({ ...encrypted, ROLES: 'projector', KAFKA_SASL_MECHANISM: 'plain' });
  const server = await installation.start({ ...encrypted, ROLES: 'api', KAFKA_SASL_MECHANISM: 'scram-sha-512' });
  const api = installation.apiOf(server);
  granted(await api.configure('tour'));
  const { entryToken } = granted(await api.requestEntry('tour', 'ann'));
  const entry = await eventually(async () => {
    const seen = granted<Entry>(await api.myEntry('tour', entryToken));
    return seen.state === 'READY' && seen;
  });
  expect(entry.userId).toBe('ann');
  for (const { output, complaints } of [server, projector]) expect(output + complaints).not.toContain(PASSWORD);
}, 90_000);

test.each([
  ['a wrong password', { KAFKA_SASL_MECHANISM: 'plain', KAFKA_SASL_PASSWORD: 'wrong-4712' }, /authentication/i],
  ['a broker whose authority it does not know', { KAFKA_SASL_MECHANISM: 'plain', KAFKA_SSL_CA: '' }, /certificate/i],
])(
  'with %s a process is not ready, and says why without the password',
  async (_, wrong, because) => {
    const { NODE_EXTRA_CA_CERTS: _ca, ...known } = encrypted;
    const server = await installation.launch({ ...known, REDIS_URL: redis.url, ROLES: 'api', ...wrong });
    await eventually(
      async () => {
        expect((await server.health('ready'))?.status).toBe(503);
        expect(server.output).toMatch(because);
      },
      { within: 40_000, every: 100 },
    );
    expect(server.output + server.complaints).not.toMatch(/4711|4712/);
    await server.kill9();
  },
  60_000,
);
