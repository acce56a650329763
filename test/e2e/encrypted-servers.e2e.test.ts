/** The configuration recommended for production: TLS and a login for every server, and a client certificate. */
import { beforeAll, expect, test } from '@jest/globals';
import { freePorts } from '../../tools/stack/ports.ts';
import { type Entry, granted } from '../support/api.ts';
import { type Certificate, newCertificate } from '../support/certificate.ts';
import { type DedicatedKafka, startDedicatedKafka } from '../support/dedicated-kafka.ts';
import { type DedicatedRedis, encryptedAt, startDedicatedRedis } from '../support/dedicated-redis.ts';
import { startDedicatedRedisCluster } from '../support/dedicated-redis-cluster.ts';
import { eventually } from '../support/eventually.ts';
import { Installation } from '../support/installation.ts';
import type { ServerProcess } from '../support/server.ts';
import { stackAddresses } from '../support/settings.ts';
import { testResources } from '../support/test-resources.ts';
import { TlsProxy } from '../support/tls-proxy.ts';

const USER = 'queue';
const PASSWORD = 'not-for-the-log-4711';

const resources = testResources();
let certificate: Certificate;
let kafka: DedicatedKafka;
let redis: DedicatedRedis;
let installation: Installation;
let encrypted: Readonly<Record<string, string>>;

beforeAll(async () => {
  certificate = resources.use(await newCertificate());
  const client = resources.use(await newCertificate());
  const [tlsPort = 0] = await freePorts(1);
  kafka = resources.use(
    await startDedicatedKafka({
      scramUsers: ['256', '512'].map((bits) => `SCRAM-SHA-${bits}=[name=${USER},password=${PASSWORD}]`),
      properties: brokerProperties(certificate, client),
    }),
  );
  redis = resources.use(await startDedicatedRedis({ ...encryptedAt(tlsPort, certificate), requirepass: PASSWORD }));
  const registryUrl = stackAddresses().schemaRegistryUrl;
  const registry = resources.use(await TlsProxy.start(registryUrl, certificate, `${USER}:${PASSWORD}`));
  installation = resources.use(await Installation.create({ brokers: kafka.brokers, redisUrl: redis.url }));
  encrypted = {
    KAFKA_BROKERS: kafka.brokersThroughProxy.join(),
    KAFKA_SSL: 'true',
    KAFKA_SSL_CA: certificate.text,
    KAFKA_SSL_CERT: client.text,
    KAFKA_SSL_KEY: client.keyText,
    KAFKA_SASL_USERNAME: USER,
    KAFKA_SASL_PASSWORD: PASSWORD,
    SCHEMA_REGISTRY_URL: registry.url,
    SCHEMA_REGISTRY_USERNAME: USER,
    SCHEMA_REGISTRY_PASSWORD: PASSWORD,
    REDIS_URL: `rediss://:${PASSWORD}@127.0.0.1:${tlsPort}`,
    NODE_EXTRA_CA_CERTS: certificate.cert, // the CA of Redis and the registry
  };
}, 60_000);

function brokerProperties({ keyStore }: Certificate, { cert: known }: Certificate): Record<string, string> {
  const security = 'org.apache.kafka.common.security';
  const listener = {
    'ssl.keystore.type': 'PEM',
    'ssl.keystore.location': keyStore,
    'ssl.client.auth': 'required',
    'ssl.truststore.type': 'PEM',
    'ssl.truststore.location': known,
    'sasl.enabled.mechanisms': 'SCRAM-SHA-256,SCRAM-SHA-512',
    'scram-sha-256.sasl.jaas.config': `${security}.scram.ScramLoginModule required;`,
    'scram-sha-512.sasl.jaas.config': `${security}.scram.ScramLoginModule required;`,
  };
  return {
    'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,PROXIED:SASL_SSL',
    ...Object.fromEntries(Object.entries(listener).map(([name, value]) => [`listener.name.proxied.${name}`, value])),
  };
}

/** A user enters through this server and becomes READY. */
async function isAdmittedBy(server: ServerProcess, by: Installation): Promise<void> {
  const api = by.apiOf(server);
  granted(await api.configure('tour'));
  const { entryToken } = granted(await api.requestEntry('tour', 'ann'));
  const entry = await eventually(async () => {
    const seen = granted<Entry>(await api.myEntry('tour', entryToken));
    return seen.state === 'READY' && seen;
  });
  expect(entry.userId).toBe('ann');
}

test('admits a user over encrypted and authenticated connections only', async () => {
  const projector = await installation.start({
    ...encrypted,
    ROLES: 'projector',
    KAFKA_SASL_MECHANISM: 'scram-sha-256',
  });
  const server = await installation.start({ ...encrypted, ROLES: 'api', KAFKA_SASL_MECHANISM: 'scram-sha-512' });
  await isAdmittedBy(server, installation);
  for (const { output, complaints } of [server, projector]) expect(output + complaints).not.toContain(PASSWORD);
}, 90_000);

test('admits a user over an encrypted Redis Cluster', async () => {
  await using ofTest = new AsyncDisposableStack();
  const ports = await freePorts(3);
  const masters = await startDedicatedRedisCluster(
    ports.map((port) => ({ ...encryptedAt(port, certificate), 'tls-cluster': 'yes', requirepass: PASSWORD })),
  );
  for (const master of masters) ofTest.use(master);
  const redisNodes = ports.map((port) => `rediss://:${PASSWORD}@127.0.0.1:${port}`);
  const clustered = ofTest.use(await Installation.create({ brokers: kafka.brokers, redisNodes }));
  const { REDIS_URL: _single, ...others } = encrypted;
  const server = await clustered.start({ ...others, KAFKA_SASL_MECHANISM: 'scram-sha-512' });
  await isAdmittedBy(server, clustered);
  expect(server.output + server.complaints).not.toContain(PASSWORD);
}, 90_000);

test.each([
  ['a wrong password', { KAFKA_SASL_PASSWORD: 'wrong-4712' }, /authentication/i],
  ['no client certificate', { KAFKA_SSL_CERT: '', KAFKA_SSL_KEY: '' }, /waiting for Kafka:.*alert bad certificate/],
  ['an unknown CA of the broker', { KAFKA_SSL_CA: '' }, /kafkajs.*certificate/i],
  ['an unknown CA of the registry', {}, /waiting for the schema registry:.*certificate/],
])(
  'with %s a process is not ready and reports the reason without the password',
  async (_, wrong, reason) => {
    const { NODE_EXTRA_CA_CERTS: _ca, ...known } = encrypted;
    const one = { ROLES: 'api', KAFKA_SASL_MECHANISM: 'scram-sha-512', REDIS_URL: redis.url };
    const server = await installation.launch({ ...known, ...one, ...wrong });
    await eventually(
      async () => {
        expect((await server.health('ready'))?.status).toBe(503);
        expect(server.output).toMatch(reason);
      },
      { within: 40_000, every: 100 },
    );
    expect(server.output + server.complaints).not.toMatch(/4711|4712/);
    await server.kill9();
  },
  60_000,
);
