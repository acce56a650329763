import { isIP } from 'node:net';
import { type KafkaSettings, readKafka } from './kafka-settings.ts';
import { type RedisSettings, readRedis } from './redis-settings.ts';
import { readSecrets, type Secrets } from './secrets.ts';
import {
  type DatabaseSettings,
  type EligibilitySettings,
  type IdentityProviderSettings,
  readDatabase,
  readEligibility,
  readIdentityProvider,
  readSchemaRegistry,
  type SchemaRegistrySettings,
} from './server-settings.ts';
import { type Environment, SettingReader, split } from './setting-reader.ts';
import { isTracingEnabled } from './tracing-settings.ts';

const ROLES = ['api', 'projector', 'relay'] as const;
export type Role = (typeof ROLES)[number];
export type EntryAuth = 'open' | 'service' | 'jwt';
export type LogLevel = 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal' | 'silent';

/** 0: no limit. */
export interface LimitSettings {
  /** Requests per minute. */
  readonly perAddress: number;
  /** Requests per minute. */
  readonly perUser: number;
  /** Entry requests. */
  readonly acceptedPerSecond: number;
}

/** The validated settings. settings-table.ts describes each of them. */
export interface Settings {
  readonly production: boolean;
  readonly port: number;
  readonly host: string;
  readonly roles: ReadonlySet<Role>;
  readonly eventLog: 'embedded' | 'kafka';
  readonly dataDirectory: string;
  readonly namePrefix: string;
  readonly queuePartitions: number;
  readonly kafka: KafkaSettings;
  readonly schemaRegistry: SchemaRegistrySettings;
  readonly redis: RedisSettings;
  readonly database: DatabaseSettings | undefined;
  readonly outboxRetentionSeconds: number;
  readonly eligibility: EligibilitySettings;
  readonly entryAuth: EntryAuth;
  readonly identityProvider: IdentityProviderSettings | undefined;
  readonly secrets: Secrets;
  readonly corsOrigins: readonly string[];
  /** All proxies, none, the last n, or these addresses. */
  readonly trustProxy: boolean | number | readonly string[];
  readonly liveStreamLimit: number;
  readonly connectionLimit: number;
  readonly connectionLimitPerAddress: number;
  readonly limits: LimitSettings;
  /** How far the timestamp of a record may be ahead of the clocks. */
  readonly clockBoundSeconds: number;
  readonly logLevel: LogLevel;
  readonly tracing: boolean;
}

/**
 * Reads the environment. Outside production it generates missing secrets in DATA_DIRECTORY.
 *
 * @param mayStore false: generated secrets are not stored, and nothing is created
 * @throws FatalError in one line with each invalid setting and its rule, without values
 */
export function readSettings(environment: Environment, mayStore = true): Settings {
  const reader = new SettingReader(environment);
  const production = environment['NODE_ENV'] === 'production';
  const entryAuth = readEntryAuth(reader, production);
  const dataDirectory = reader.text('DATA_DIRECTORY');
  const eventLog = readEventLog(reader, production);
  if (production && eventLog === 'kafka') requireServers(reader);
  const namePrefix = reader.matching('NAME_PREFIX', /^[A-Za-z0-9._-]{0,64}$/, 'at most 64 of A-Z a-z 0-9 . _ -');
  const queuePartitions = reader.integer('QUEUE_PARTITIONS', 1, 10_000);
  const settings = {
    production,
    port: reader.integer('PORT', 0, 65_535),
    host: reader.matching('HOST', /^[A-Za-z0-9.:_-]+$/, 'a host name or an address'),
    roles: readRoles(reader, eventLog),
    eventLog,
    dataDirectory,
    namePrefix,
    queuePartitions,
    kafka: readKafka(reader, production, { namePrefix, partitions: queuePartitions }),
    schemaRegistry: readSchemaRegistry(reader),
    redis: readRedis(reader),
    database: readDatabase(reader),
    outboxRetentionSeconds: reader.integer('OUTBOX_RETENTION_SECONDS', 60, 31_536_000),
    eligibility: readEligibility(reader),
    entryAuth,
    identityProvider: readIdentityProvider(reader, entryAuth === 'jwt', production),
    corsOrigins: readOrigins(reader),
    trustProxy: readTrustProxy(reader),
    liveStreamLimit: reader.integer('LIVE_STREAM_LIMIT', 1, 1_000_000),
    connectionLimit: reader.integer('CONNECTION_LIMIT', 0, 1_000_000),
    connectionLimitPerAddress: reader.integer(
      'CONNECTION_LIMIT_PER_ADDRESS',
      0,
      1_000_000,
      entryAuth === 'open' ? 0 : 500,
    ),
    limits: readLimits(reader, entryAuth === 'open'),
    clockBoundSeconds: reader.integer('CLOCK_BOUND_SECONDS', 1, 31_536_000),
    logLevel: reader.oneOf('LOG_LEVEL', ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']) ?? 'info',
    tracing: isTracingEnabled(environment),
  };
  // Before the secrets: with invalid settings, nothing is written to DATA_DIRECTORY.
  reader.assertValid();
  const secrets = readSecrets(reader, entryAuth === 'service', production ? undefined : dataDirectory, mayStore);
  reader.assertValid();
  return Object.freeze({ ...settings, secrets: Object.freeze(secrets) });
}

function readEntryAuth(reader: SettingReader, production: boolean): EntryAuth {
  const auth = reader.oneOf('ENTRY_AUTH', ['open', 'service', 'jwt']) ?? 'service';
  if (production && auth === 'open') {
    reader.reject(
      'ENTRY_AUTH',
      'must not be open in production, because every caller could enter for any user; use service or jwt',
    );
    return 'service';
  }
  return auth;
}

/** Production requires the setting, so that no replica starts with its own embedded log by mistake. */
function readEventLog(reader: SettingReader, production: boolean): 'embedded' | 'kafka' {
  const named = reader.oneOf('EVENT_LOG', ['embedded', 'kafka']);
  if (production && named === undefined) reader.reject('EVENT_LOG', 'is required in production');
  return named ?? (reader.given('KAFKA_BROKERS') ? 'kafka' : 'embedded');
}

/** The defaults of these settings are for development only. */
function requireServers(reader: SettingReader): void {
  for (const name of ['KAFKA_BROKERS', 'SCHEMA_REGISTRY_URL'] as const)
    if (reader.given(name) === undefined) reader.reject(name, 'is required in production');
  if (!reader.given('REDIS_URL') && !reader.given('REDIS_CLUSTER_NODES'))
    reader.reject('REDIS_URL', 'or REDIS_CLUSTER_NODES is required in production');
}

function readRoles(reader: SettingReader, eventLog: Settings['eventLog']): ReadonlySet<Role> {
  const given = split(reader.text('ROLES'));
  const roles = new Set(ROLES.filter((role) => given.includes(role)));
  if (roles.size === 0 || given.some((role) => !ROLES.some((known) => known === role)))
    reader.reject('ROLES', 'must be some of api, projector and relay, separated by commas');
  if (eventLog === 'embedded' && !(roles.has('api') && roles.has('projector')))
    reader.reject('ROLES', 'must contain api and projector with EVENT_LOG=embedded, which supports one process only');
  if (roles.has('relay') && !reader.given('DATABASE_URL'))
    reader.reject('DATABASE_URL', 'is required with the role relay');
  return roles;
}

function readOrigins(reader: SettingReader): readonly string[] {
  const origins = split(reader.text('CORS_ORIGINS'));
  if (origins.some((origin) => origin !== '*' && !(URL.canParse(origin) && new URL(origin).origin === origin)))
    reader.reject('CORS_ORIGINS', 'must be origins such as https://shop.example, or *, separated by commas');
  return origins;
}

function readTrustProxy(reader: SettingReader): boolean | number | readonly string[] {
  const given = reader.text('TRUST_PROXY');
  if (given === 'true' || given === 'false') return given === 'true';
  if (/^\d{1,3}$/.test(given)) return Number(given);
  const addresses = split(given);
  if (addresses.length === 0 || !addresses.every(isAddress))
    reader.reject('TRUST_PROXY', 'must be true, false, a number of proxies, or addresses separated by commas');
  return addresses;
}

/** @param open ENTRY_AUTH=open; then the default is no limit, because in a load test all requests come from one address */
function readLimits(reader: SettingReader, open: boolean): LimitSettings {
  return {
    perAddress: reader.integer('RATE_LIMIT_PER_ADDRESS', 0, 10_000_000, open ? 0 : 6_000),
    perUser: reader.integer('RATE_LIMIT_PER_USER', 0, 10_000_000, open ? 0 : 300),
    acceptedPerSecond: reader.integer('ACCEPT_LIMIT_PER_SECOND', 0, 1_000_000),
  };
}

function isAddress(text: string): boolean {
  const [address = '', bits] = text.split('/');
  const version = isIP(address);
  return (
    version !== 0 && (bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (version === 4 ? 32 : 128)))
  );
}
