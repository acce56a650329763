/**
 * Every setting of the process: its default and its meaning, in the order in which people read them.
 *
 * The documents and `settings check` are generated from it, and a name that is not in it cannot be read by `readSettings`.
 */
export const SETTINGS = {
  PORT: ['3000', 'TCP port of the HTTP door; 0 takes any free one.'],
  HOST: ['127.0.0.1', 'Address the HTTP door listens on. The container image sets 0.0.0.0.'],
  ROLES: [
    'api,projector',
    'What this process does: `api` answers requests, `projector` folds the log into the view, `relay` publishes the outbox.',
  ],
  EVENT_LOG: [
    '',
    'Where the events are kept: `kafka`, or `embedded`, in a file of this machine; empty: `kafka` if KAFKA_BROKERS is set, else `embedded`. Must be named in production.',
  ],
  DATA_DIRECTORY: [
    '.data',
    'Where the embedded log is kept, and outside production generated secrets (for the owner only). One server at a time.',
  ],
  NAME_PREFIX: ['', 'Put before the names of topics, consumer group and Redis keys. At most 64 of A-Z a-z 0-9 . _ -'],
  QUEUE_PARTITIONS: ['12', 'Partitions of the topic, 1 to 10,000. Fixed once the topic exists.'],
  KAFKA_BROKERS: ['127.0.0.1:9092', 'host:port of the brokers, separated by commas. Required in production.'],
  KAFKA_CLIENT_ID: ['concert-queue', 'Name shown to the brokers.'],
  KAFKA_REPLICATION_FACTOR: [
    '',
    'Copies of each partition when the topics are created, 1 to 15; empty: 3 in production, else 1.',
  ],
  KAFKA_SSL: ['false', '`true` encrypts the connections to the brokers.'],
  KAFKA_SSL_CA: [
    '',
    'PEM text of the authorities, one or several, that signed the certificates of the brokers; empty: those that Node knows.',
  ],
  KAFKA_SSL_CERT: ['', 'PEM text of the certificate by which this client is known; needs KAFKA_SSL_KEY.'],
  KAFKA_SSL_KEY: ['', 'Secret. PEM text of the key of that certificate, without a passphrase.'],
  KAFKA_SASL_MECHANISM: ['', '`plain`, `scram-sha-256` or `scram-sha-512`; empty: no SASL.'],
  KAFKA_SASL_USERNAME: ['', 'User name for SASL.'],
  KAFKA_SASL_PASSWORD: ['', 'Secret. Password for SASL.'],
  SCHEMA_REGISTRY_URL: [
    'http://127.0.0.1:8081',
    'Address of the schema registry (Confluent API). Required in production.',
  ],
  SCHEMA_REGISTRY_USERNAME: ['', 'User name for the registry.'],
  SCHEMA_REGISTRY_PASSWORD: ['', 'Secret. Password for the registry.'],
  REDIS_URL: [
    'redis://127.0.0.1:6379',
    'Address of a single Redis, redis:// or rediss://. This or REDIS_CLUSTER_NODES is required in production.',
  ],
  REDIS_CLUSTER_NODES: [
    '',
    'Some nodes of a Redis Cluster, host:port or redis[s]://user:password@host:port, the same scheme, user and password on all, separated by commas; instead of REDIS_URL.',
  ],
  DATABASE_URL: [
    '',
    'Address of PostgreSQL, postgres:// or postgresql://, for eligibility and the outbox; empty: none. Required with the role relay.',
  ],
  DATABASE_POOL_SIZE: ['10', 'Most connections to PostgreSQL for eligibility, 1 to 1,000.'],
  OUTBOX_RETENTION_SECONDS: ['604800', 'How long published rows of the outbox are kept, 60 to 31,536,000 seconds.'],
  ELIGIBILITY_URL: [
    '',
    "The shop's own endpoint for eligibility, http:// or https://, instead of the table in DATABASE_URL.",
  ],
  ELIGIBILITY_TOKEN: ['', 'Secret. Bearer token that is sent to ELIGIBILITY_URL.'],
  ELIGIBILITY_TIMEOUT_MS: ['1000', 'Longest that one look at the records may take, 50 to 10,000 milliseconds.'],
  ENTRY_AUTH: [
    'open',
    "Who may ask for entry: `open`, anyone (refused in production); `service`, the shop's own backend by SERVICE_TOKEN; `jwt`, each user by a token of its own (AUTH_JWKS_URL).",
  ],
  AUTH_JWKS_URL: [
    '',
    'Where the identity provider publishes the keys of its tokens, https:// (http:// outside production or on this machine). Required with ENTRY_AUTH=jwt. Wherever it is set, a token with the scope queue:admin is as good as ADMIN_TOKEN.',
  ],
  AUTH_ISSUER: ['', 'The iss that such tokens must have; needs AUTH_JWKS_URL.'],
  AUTH_AUDIENCE: ['', 'The aud that such tokens must have or contain; needs AUTH_JWKS_URL.'],
  SERVICE_TOKEN: [
    'generated',
    "Secret. Bearer token of the shop's backend, 32 characters or more. Required in production with ENTRY_AUTH=service.",
  ],
  ENTRY_TOKEN_SECRETS: [
    'generated',
    'Secret. Keys of entry tokens, separated by commas, each 32 characters or more; the first signs, all verify.',
  ],
  ADMISSION_PRIVATE_KEYS: [
    'generated',
    'Secret. Ed25519 keys of admission tokens, PEM or JWK, separated by commas or line breaks; the first signs, all verify.',
  ],
  DRAW_SECRETS: [
    'generated',
    'Secret. Keys of opening draws, separated by commas, each 32 characters or more; the first commits, all reveal.',
  ],
  METRICS_TOKEN: [
    '',
    'Secret. Bearer token that /metrics then needs, 32 characters or more; empty: /metrics is public.',
  ],
  ADMIN_TOKEN: ['generated', 'Secret. Bearer token of operators, 32 characters or more.'],
  CORS_ORIGINS: ['', 'Origins whose pages may call the API, separated by commas, or `*`; empty: none but its own.'],
  TRUST_PROXY: [
    'false',
    'Whose X-Forwarded-* headers are believed: `true`, `false`, how many proxies, or their addresses, separated by commas.',
  ],
  LIVE_STREAM_LIMIT: [
    '20000',
    'Most streams of live updates that one process keeps open, 1 to 1,000,000; more are answered 503 OVERLOADED.',
  ],
  CONNECTION_LIMIT: [
    '20000',
    'Most connections that one process keeps open, 0 to 1,000,000; more are closed at once; 0: no limit.',
  ],
  CONNECTION_LIMIT_PER_ADDRESS: [
    '',
    'Most connections of one address (one /64 of IPv6), 0 to 1,000,000; 0: no limit; empty: 0 with ENTRY_AUTH=open, else 500. Proxies named by TRUST_PROXY are exempt.',
  ],
  RATE_LIMIT_PER_ADDRESS: [
    '',
    "Requests a minute that one address (one /64 of IPv6) may make, 0 to 10,000,000; 0: no limit; empty: 0 with ENTRY_AUTH=open, else 6000. The shop's backend and operators, by their tokens, are not counted.",
  ],
  RATE_LIMIT_PER_USER: [
    '',
    'Requests a minute that may be made for one user, 0 to 10,000,000; 0: no limit; empty: 0 with ENTRY_AUTH=open, else 300.',
  ],
  ACCEPT_LIMIT_PER_SECOND: [
    '0',
    'Requests for entry that this process takes a second, 0 to 1,000,000; what is over is answered OVERLOADED; 0: no limit.',
  ],
  LOG_LEVEL: ['info', '`trace`, `debug`, `info`, `warn`, `error`, `fatal` or `silent`.'],
} as const satisfies Record<string, readonly [byDefault: string, meaning: string]>;

export type SettingName = keyof typeof SETTINGS;

export interface SettingDescription {
  readonly name: string;
  /** As it would be written; empty: unset. `generated`: made once and kept in DATA_DIRECTORY, but required in production. */
  readonly default: string;
  readonly meaning: string;
}

/** The one table of settings, for documents and for the command line. */
export function describeSettings(): readonly SettingDescription[] {
  return Object.entries(SETTINGS).map(([name, [byDefault, meaning]]) => ({ name, default: byDefault, meaning }));
}
