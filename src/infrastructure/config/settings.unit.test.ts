import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { FatalError } from '../../application/errors.ts';
import { generatedSecrets } from './generated-secrets.ts';
import { readSettings, type Settings } from './settings.ts';
import { describeSettings } from './settings-table.ts';

const LONG = 'correct-horse-battery-staple-0123456789';
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'settings-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const read = (environment: Record<string, string> = {}): Settings =>
  readSettings({ DATA_DIRECTORY: join(folder, 'data'), ...environment });
const production = (environment: Record<string, string | undefined> = {}): Settings =>
  readSettings({
    NODE_ENV: 'production',
    EVENT_LOG: 'kafka',
    KAFKA_BROKERS: 'kafka-1:9092,kafka-2:9092',
    SCHEMA_REGISTRY_URL: 'https://registry',
    REDIS_URL: 'rediss://cache',
    ENTRY_AUTH: 'service',
    SERVICE_TOKEN: `service-${LONG}`,
    ADMIN_TOKEN: `admin-${LONG}`,
    ENTRY_TOKEN_SECRETS: `${LONG}-new,${LONG}-old`,
    DRAW_SECRETS: LONG,
    ADMISSION_PRIVATE_KEYS: '-----BEGIN PRIVATE KEY-----\\nabc=\\n-----END PRIVATE KEY-----',
    ...environment,
  });
function refusal(start: () => unknown): string {
  try {
    start();
  } catch (error) {
    if (error instanceof FatalError) return error.message;
    throw error;
  }
  throw new Error('nothing was refused');
}

describe('settings', () => {
  test('have a default for everything outside production', () => {
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

  test('read what was given', () => {
    const settings = read({
      PORT: '8080',
      ROLES: 'projector',
      KAFKA_BROKERS: 'a:1, b:2',
      KAFKA_SSL: 'true',
      KAFKA_SSL_CA: '-----BEGIN CERTIFICATE-----\\nx\\n-----END CERTIFICATE-----',
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
        ssl: { ca: '-----BEGIN CERTIFICATE-----\nx\n-----END CERTIFICATE-----' },
        sasl: { mechanism: 'scram-sha-256', username: 'u', password: 'p' },
      },
      redis: {
        clusterNodes: [
          { host: 'r1', port: 7000 },
          { host: '::1', port: 7001 },
        ],
      },
      corsOrigins: ['https://shop.example', 'http://localhost:5173'],
      trustProxy: ['10.0.0.0/8', '::1'],
    });
    expect(read({ TRUST_PROXY: '2' }).trustProxy).toBe(2);
    expect(read({ TRUST_PROXY: 'true' }).trustProxy).toBe(true);
  });

  test('take the records of users from the shop, else from the database, else from nowhere', () => {
    const database = { DATABASE_URL: 'postgres://database/queue' };
    const shop = { ELIGIBILITY_URL: 'https://shop/users', ELIGIBILITY_TOKEN: 'of-the-queue' };
    expect(read().eligibility).toEqual({ from: 'nowhere', timeoutMs: 1000 });
    expect(read(database)).toMatchObject({
      database: { url: 'postgres://database/queue', poolSize: 10 },
      eligibility: { from: 'database' },
    });
    expect(read({ ...database, ...shop }).eligibility).toMatchObject({
      from: 'shop',
      url: 'https://shop/users',
      token: 'of-the-queue',
    });
  });

  test('let a relay start only where there is an outbox', () => {
    expect(refusal(() => read({ ROLES: 'relay' }))).toContain('DATABASE_URL');
    expect([...read({ ROLES: 'relay', DATABASE_URL: 'postgres://database/queue' }).roles]).toEqual(['relay']);
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
    ['EVENT_LOG', 'embedded'],
    ['EVENT_LOG', 'paper'],
    ['NAME_PREFIX', 'a b'],
    ['QUEUE_PARTITIONS', '0'],
    ['KAFKA_BROKERS', 'kafka'],
    ['KAFKA_CLIENT_ID', 'a b'],
    ['KAFKA_REPLICATION_FACTOR', 'three'],
    ['KAFKA_SSL', 'yes'],
    ['KAFKA_SSL_CA', '-----BEGIN CERTIFICATE-----'],
    ['KAFKA_SASL_MECHANISM', 'oauthbearer'],
    ['KAFKA_SASL_MECHANISM', 'plain'],
    ['SCHEMA_REGISTRY_URL', 'registry:8081'],
    ['REDIS_URL', 'http://redis'],
    ['REDIS_CLUSTER_NODES', 'redis'],
    ['ENTRY_AUTH', 'jwt'],
    ['ENTRY_AUTH', 'none'],
    ['ADMIN_TOKEN', 'short'],
    ['ADMIN_TOKEN', `${LONG} with blanks`],
    ['ENTRY_TOKEN_SECRETS', `${LONG},short`],
    ['DRAW_SECRETS', 'short'],
    ['ADMISSION_PRIVATE_KEYS', LONG],
    ['CORS_ORIGINS', 'shop.example'],
    ['CORS_ORIGINS', 'https://shop.example/path'],
    ['TRUST_PROXY', 'maybe'],
    ['TRUST_PROXY', '10.0.0.0/33'],
    ['LOG_LEVEL', 'loud'],
  ])('refuse %s=%s, and name it', (name, value) => {
    const message = refusal(() => read({ [name]: value }));
    expect(message).toContain(name);
    expect(message).not.toContain('\n');
  });

  test('name all that is wrong at once', () => {
    expect(refusal(() => read({ PORT: 'x', LOG_LEVEL: 'loud', KAFKA_SASL_PASSWORD: 'p' }))).toBe(
      'Wrong settings: PORT must be an integer from 0 to 65535; ' +
        'KAFKA_SASL_MECHANISM is missing beside KAFKA_SASL_USERNAME and KAFKA_SASL_PASSWORD; ' +
        'LOG_LEVEL must be one of trace, debug, info, warn, error, fatal, silent.',
    );
  });

  test('never print a value, whatever name it stands under', () => {
    const names = describeSettings().map(({ name }) => name);
    const message = refusal(() => readSettings(Object.fromEntries(names.map((name) => [name, 'hunter 2']))));
    expect(message).not.toContain('hunter');
    expect(message).toContain('PORT');
    const secrets = ['ADMIN_TOKEN', 'DRAW_SECRETS', 'ENTRY_TOKEN_SECRETS', 'ADMISSION_PRIVATE_KEYS'];
    const short = refusal(() => read(Object.fromEntries(secrets.map((name) => [name, 'hunter 2']))));
    expect(short).not.toContain('hunter');
    for (const name of secrets) expect(short).toContain(name);
  });
});

describe('in production, settings', () => {
  test('are taken when all is given', () => {
    const settings = production();
    expect(settings.kafka.replicationFactor).toBe(3);
    expect(settings.secrets).toEqual({
      entryTokens: [`${LONG}-new`, `${LONG}-old`],
      draws: [LONG],
      admissionKeys: ['-----BEGIN PRIVATE KEY-----\nabc=\n-----END PRIVATE KEY-----'],
      adminToken: `admin-${LONG}`,
      serviceToken: `service-${LONG}`,
    });
  });

  test.each([
    'EVENT_LOG',
    'KAFKA_BROKERS',
    'SCHEMA_REGISTRY_URL',
    'REDIS_URL',
    'ADMIN_TOKEN',
    'SERVICE_TOKEN',
    'ENTRY_TOKEN_SECRETS',
    'DRAW_SECRETS',
    'ADMISSION_PRIVATE_KEYS',
  ])('must contain %s', (name) => {
    expect(refusal(() => production({ [name]: undefined }))).toMatch(new RegExp(`${name}.*is required in production`));
  });

  test('must not let anyone enter in the name of anyone', () => {
    expect(refusal(() => production({ ENTRY_AUTH: 'open' }))).toContain('ENTRY_AUTH must not be open');
    expect(refusal(() => production({ ENTRY_AUTH: undefined }))).toContain('ENTRY_AUTH must not be open');
  });

  test('must not give the shop the token of the operators', () => {
    expect(refusal(() => production({ SERVICE_TOKEN: `admin-${LONG}` }))).toContain('SERVICE_TOKEN must differ');
  });

  test('take several keys of admission tokens, PEM or JWK', () => {
    const jwk = '{"kty":"OKP","crv":"Ed25519","d":"x","x":"y"}';
    const pem = '-----BEGIN PRIVATE KEY-----\nabc=\n-----END PRIVATE KEY-----';
    expect(production({ ADMISSION_PRIVATE_KEYS: `${jwk},${pem}\n${jwk}` }).secrets.admissionKeys).toEqual([
      jwk,
      pem,
      jwk,
    ]);
  });
});

describe('generated secrets', () => {
  test('are the same at the next start, and for their owner only', () => {
    const environment = { DATA_DIRECTORY: join(folder, 'twice', 'deep') };
    const first = readSettings(environment).secrets;
    expect(readSettings(environment).secrets).toEqual(first);
    expect(readSettings({ ...environment, ENTRY_AUTH: 'service' }).secrets.serviceToken).toMatch(/^[\w-]{43}$/);
    expect(first.entryTokens[0]).not.toBe(first.draws[0]);
    expect(first.admissionKeys[0]).toContain('BEGIN PRIVATE KEY');
    const file = join(environment.DATA_DIRECTORY, 'secrets.json');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(Object.keys(JSON.parse(readFileSync(file, 'utf8')))).toContain('ADMIN_TOKEN');
  });

  test('give way to what the environment says', () => {
    expect(read({ ADMIN_TOKEN: LONG }).secrets.adminToken).toBe(LONG);
  });

  test('are agreed upon by two processes that start at once', () => {
    const shared = join(folder, 'race');
    // The second start happens in the middle of the first: after it saw that there is no file, before it wrote one.
    let second: Readonly<Record<string, string>> | undefined;
    const first = generatedSecrets(shared, ['ADMIN_TOKEN'], () => {
      second ??= generatedSecrets(shared, ['ADMIN_TOKEN'], () => 'of the second');
      return 'of the first';
    });
    expect(second).toEqual({ ADMIN_TOKEN: 'of the second' });
    expect(first).toEqual(second);
  });

  test('are refused when their file is damaged, without quoting it', () => {
    const damaged = mkdtempSync(join(folder, 'damaged-'));
    writeFileSync(join(damaged, 'secrets.json'), '{"ADMIN_TOKEN": hunter2}');
    const message = refusal(() => readSettings({ DATA_DIRECTORY: damaged }));
    expect(message).toContain('secrets.json');
    expect(message).not.toContain('hunter2');
  });

  test('are refused when their folder cannot be written', () => {
    const file = join(folder, 'a-file');
    writeFileSync(file, '');
    expect(refusal(() => readSettings({ DATA_DIRECTORY: join(file, 'below') }))).toContain('DATA_DIRECTORY');
  });

  test('are not written for a process that will not start', () => {
    const untouched = join(folder, 'untouched');
    refusal(() => readSettings({ DATA_DIRECTORY: untouched, PORT: 'x' }));
    expect(() => statSync(untouched)).toThrow();
  });
});

test('every setting is described', () => {
  for (const { name, meaning } of describeSettings()) {
    expect(name).toMatch(/^[A-Z_]+$/);
    expect(meaning).toMatch(/[.)_-]$/);
  }
});
