import { describe, expect, test } from '@jest/globals';
import { LONG_SECRET, read, rejection } from './settings.fixtures.ts';
import { readSettings } from './settings.ts';
import { describeSettings } from './settings-table.ts';

describe('the settings', () => {
  test('have defaults outside production', () => {
    const settings = read();
    expect(settings).toMatchObject({
      production: false,
      port: 3000,
      host: '127.0.0.1',
      queuePartitions: 12,
      entryAuth: 'open',
      trustProxy: false,
      logLevel: 'info',
      kafka: { brokers: ['127.0.0.1:9092'], replicationFactor: 1, ssl: undefined, sasl: undefined },
      redis: { url: 'redis://127.0.0.1:6379' },
    });
    expect([...settings.roles]).toEqual(['api', 'projector']);
  });

  test('are read from the environment', () => {
    const settings = read({
      PORT: '8080',
      ROLES: 'projector',
      KAFKA_BROKERS: 'a:1, b:2',
      KAFKA_SSL: 'true',
      KAFKA_SASL_MECHANISM: 'scram-sha-256',
      KAFKA_SASL_USERNAME: 'u',
      KAFKA_SASL_PASSWORD: 'p',
      REDIS_CLUSTER_NODES: 'r1:7000,[::1]:7001',
      CORS_ORIGINS: 'https://shop.example,http://localhost:5173',
      TRUST_PROXY: '10.0.0.0/8, ::1',
    });
    expect(settings).toMatchObject({
      port: 8080,
      kafka: {
        brokers: ['a:1', 'b:2'],
        ssl: {},
        sasl: { mechanism: 'scram-sha-256', username: 'u', password: 'p' },
      },
      redis: {
        clusterNodes: ['r1:7000', '[::1]:7001'],
      },
      corsOrigins: ['https://shop.example', 'http://localhost:5173'],
      trustProxy: ['10.0.0.0/8', '::1'],
    });
    expect(read({ TRUST_PROXY: '2' }).trustProxy).toBe(2);
    expect(read({ TRUST_PROXY: 'true' }).trustProxy).toBe(true);
  });

  test('use the shop for eligibility, else the database, else none', () => {
    const database = { DATABASE_URL: 'postgres://database/queue' };
    const shop = { ELIGIBILITY_URL: 'https://shop/users', ELIGIBILITY_TOKEN: 'of-the-queue' };
    expect(read().eligibility).toEqual({ source: 'none', timeoutMs: 1000 });
    expect(read(database)).toMatchObject({
      database: { url: 'postgres://database/queue', poolSize: 10 },
      eligibility: { source: 'database' },
    });
    expect(read({ ...database, ...shop }).eligibility).toMatchObject({
      source: 'shop',
      url: 'https://shop/users',
      token: 'of-the-queue',
    });
  });

  test('require address, issuer and audience of an identity provider', () => {
    const provider = {
      AUTH_JWKS_URL: 'https://id.example/keys',
      AUTH_ISSUER: 'https://id.example/',
      AUTH_AUDIENCE: 'queue',
    };
    const settings = read({ ENTRY_AUTH: 'jwt', ...provider });
    expect(settings.entryAuth).toBe('jwt');
    expect(settings.identityProvider).toEqual({
      jwksUrl: 'https://id.example/keys',
      issuer: 'https://id.example/',
      audience: 'queue',
    });
    expect(read().identityProvider).toBeUndefined();
    expect(read({ ENTRY_AUTH: 'service', ...provider }).identityProvider).toBeDefined();
    for (const name of Object.keys(provider)) {
      const without = { ...provider, [name]: '' };
      expect(rejection(() => read({ ENTRY_AUTH: 'jwt', ...without }))).toContain(
        `${name} is required with ENTRY_AUTH=jwt`,
      );
      expect(rejection(() => read(without))).toContain(`${name} is missing`);
    }
  });

  test('use the embedded log unless Kafka is configured', () => {
    expect(read().eventLog).toBe('embedded');
    expect(read({ KAFKA_BROKERS: 'a:1' }).eventLog).toBe('kafka');
    expect(read({ EVENT_LOG: 'kafka' }).eventLog).toBe('kafka');
    expect(read({ EVENT_LOG: 'embedded', KAFKA_BROKERS: 'a:1' }).eventLog).toBe('embedded');
  });

  test('reject a single role with the embedded log', () => {
    expect(rejection(() => read({ ROLES: 'api' }))).toContain('ROLES must contain api and projector');
    expect([...read({ ROLES: 'api', KAFKA_BROKERS: 'a:1' }).roles]).toEqual(['api']);
  });

  test('limit requests by default unless ENTRY_AUTH=open', () => {
    expect(read().limits).toEqual({ perAddress: 0, perUser: 0, acceptedPerSecond: 0 });
    expect(read({ ENTRY_AUTH: 'service' }).limits).toEqual({ perAddress: 6_000, perUser: 300, acceptedPerSecond: 0 });
    const given = { RATE_LIMIT_PER_ADDRESS: '10', RATE_LIMIT_PER_USER: '0', ACCEPT_LIMIT_PER_SECOND: '200' };
    expect(read({ ENTRY_AUTH: 'service', ...given }).limits).toEqual({
      perAddress: 10,
      perUser: 0,
      acceptedPerSecond: 200,
    });
  });

  test('require a database for the relay', () => {
    const onKafka = { EVENT_LOG: 'kafka', ROLES: 'relay' };
    expect(rejection(() => read(onKafka))).toContain('DATABASE_URL');
    expect([...read({ ...onKafka, DATABASE_URL: 'postgres://database/queue' }).roles]).toEqual(['relay']);
  });

  test.each([
    ['PORT', '65536'],
    ['PORT', '-1'],
    ['PORT', '3e3'],
    ['HOST', 'a b'],
    ['ROLES', 'api,cook'],
    ['ROLES', ','],
    ['DATABASE_URL', 'mysql://database'],
    ['DATABASE_POOL_SIZE', '0'],
    ['OUTBOX_RETENTION_SECONDS', '1'],
    ['ELIGIBILITY_URL', 'shop.example/users'],
    ['ELIGIBILITY_TOKEN', 'of-nothing'],
    ['ELIGIBILITY_TIMEOUT_MS', '10'],
    ['EVENT_LOG', 'sqlite'],
    ['EVENT_LOG', 'paper'],
    ['NAME_PREFIX', 'a b'],
    ['QUEUE_PARTITIONS', '0'],
    ['KAFKA_BROKERS', 'kafka'],
    ['KAFKA_CLIENT_ID', 'a b'],
    ['KAFKA_REPLICATION_FACTOR', 'three'],
    ['KAFKA_SSL', 'yes'],
    ['KAFKA_SASL_MECHANISM', 'oauthbearer'],
    ['KAFKA_SASL_MECHANISM', 'plain'],
    ['SCHEMA_REGISTRY_URL', 'registry:8081'],
    ['SCHEMA_REGISTRY_PASSWORD', 'of-nobody'],
    ['AUTH_JWKS_URL', 'id.example/keys'],
    ['ENTRY_AUTH', 'none'],
    ['ADMIN_TOKEN', 'short'],
    ['ADMIN_TOKEN', `${LONG_SECRET} with blanks`],
    ['ENTRY_TOKEN_SECRETS', `${LONG_SECRET},short`],
    ['DRAW_SECRETS', 'short'],
    ['ADMISSION_PRIVATE_KEYS', LONG_SECRET],
    ['CORS_ORIGINS', 'shop.example'],
    ['CORS_ORIGINS', 'https://shop.example/path'],
    ['TRUST_PROXY', 'maybe'],
    ['TRUST_PROXY', '10.0.0.0/33'],
    ['RATE_LIMIT_PER_ADDRESS', '-1'],
    ['RATE_LIMIT_PER_USER', '1.5'],
    ['ACCEPT_LIMIT_PER_SECOND', 'many'],
    ['LOG_LEVEL', 'loud'],
  ])('reject %s=%s by name', (name, value) => {
    const message = rejection(() => read({ [name]: value }));
    expect(message).toContain(name);
    expect(message).not.toContain('\n');
  });

  test('report all problems at once', () => {
    expect(rejection(() => read({ PORT: 'x', LOG_LEVEL: 'loud', KAFKA_SASL_PASSWORD: 'p' }))).toBe(
      'Invalid settings: PORT must be an integer from 0 to 65535; ' +
        'KAFKA_SASL_MECHANISM is missing beside KAFKA_SASL_USERNAME and KAFKA_SASL_PASSWORD; ' +
        'LOG_LEVEL must be one of trace, debug, info, warn, error, fatal, silent.',
    );
  });

  test('never contain a value in an error', () => {
    const names = describeSettings().map(({ name }) => name);
    const message = rejection(() => readSettings(Object.fromEntries(names.map((name) => [name, 'hunter 2']))));
    expect(message).not.toContain('hunter');
    expect(message).toContain('PORT');
    const secrets = ['ADMIN_TOKEN', 'DRAW_SECRETS', 'ENTRY_TOKEN_SECRETS', 'ADMISSION_PRIVATE_KEYS'];
    const short = rejection(() => read(Object.fromEntries(secrets.map((name) => [name, 'hunter 2']))));
    expect(short).not.toContain('hunter');
    for (const name of secrets) expect(short).toContain(name);
  });
});
test('every setting has a description', () => {
  for (const { name, meaning } of describeSettings()) {
    expect(name).toMatch(/^[A-Z_]+$/);
    expect(meaning).toMatch(/[.)_-]$/);
  }
});
