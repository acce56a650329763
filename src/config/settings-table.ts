/**
 * Every setting with its default and its meaning, in the order of the documentation.
 *
 * docs/settings.md and `settings check` are generated from this table. `readSettings` can read only names in it.
 */
export const SETTINGS = {
  PORT: ['3000', 'TCP port of the HTTP server; 0: any free port.'],
  HOST: ['127.0.0.1', 'Address on which the HTTP server listens. The container image sets 0.0.0.0.'],
  ROLES: [
    'api,projector',
    'Roles of this process, separated by commas: `api` serves requests, `projector` folds the log into the view, `relay` publishes the outbox.',
  ],
  EVENT_LOG: [
    '',
    'Storage of the events: `kafka`, or `embedded` for a local file; empty: `kafka` if KAFKA_BROKERS is set, else `embedded`. Required in production.',
  ],
  DATA_DIRECTORY: [
    '.data',
    'Directory of the embedded log and, outside production, of the generated secrets (readable by the owner only). Only one server can use it at a time.',
  ],
  NAME_PREFIX: ['', 'Prefix of the names of topics, consumer group and Redis keys. At most 64 of A-Z a-z 0-9 . _ -'],
  QUEUE_PARTITIONS: ['12', 'Number of partitions of the topic, 1 to 10,000. Cannot change after the topic is created.'],
  KAFKA_BROKERS: ['127.0.0.1:9092', 'Brokers as host:port, separated by commas. Required in production.'],
  KAFKA_CLIENT_ID: ['concert-queue', 'Client id that the brokers see.'],
  KAFKA_REPLICATION_FACTOR: ['', 'Replication factor of new topics, 1 to 15; empty: 3 in production, else 1.'],
  KAFKA_ALLOW_UNSAFE_TOPICS: [
    'false',
    '`true` accepts topics that can lose acknowledged records. Otherwise production refuses to start when KAFKA_REPLICATION_FACTOR is at least 3 and a topic has fewer replicas, min.insync.replicas below 2 or unclean leader election.',
  ],
  KAFKA_SSL: ['false', '`true` encrypts the connections to the brokers.'],
  KAFKA_SSL_CA: [
    '',
    'PEM text of one or several certificate authorities of the brokers; empty: the authorities of Node.',
  ],
  KAFKA_SSL_CERT: ['', 'PEM text of the client certificate; needs KAFKA_SSL_KEY.'],
  KAFKA_SSL_KEY: ['', 'Secret. PEM text of the private key of the client certificate, without a passphrase.'],
  KAFKA_SASL_MECHANISM: ['', '`plain`, `scram-sha-256` or `scram-sha-512`; empty: no SASL.'],
  KAFKA_SASL_USERNAME: ['', 'User name for SASL.'],
  KAFKA_SASL_PASSWORD: ['', 'Secret. Password for SASL.'],
  SCHEMA_REGISTRY_URL: ['http://127.0.0.1:8081', 'URL of the schema registry (Confluent API). Required in production.'],
  SCHEMA_REGISTRY_USERNAME: ['', 'User name for the registry.'],
  SCHEMA_REGISTRY_PASSWORD: ['', 'Secret. Password for the registry.'],
  REDIS_URL: [
    'redis://127.0.0.1:6379',
    'URL of a single Redis, redis:// or rediss://. This or REDIS_CLUSTER_NODES is required in production.',
  ],
  REDIS_CLUSTER_NODES: [
    '',
    'Some nodes of a Redis Cluster, separated by commas, instead of REDIS_URL: host:port or redis[s]://user:password@host:port, with the same scheme, user and password for all.',
  ],
  DATABASE_URL: [
    '',
    'URL of PostgreSQL, postgres:// or postgresql://, for eligibility and the outbox; empty: none. Required with the role relay.',
  ],
  DATABASE_POOL_SIZE: ['10', 'Maximum number of connections to PostgreSQL for eligibility, 1 to 1,000.'],
  OUTBOX_RETENTION_SECONDS: ['604800', 'Retention of published rows of the outbox, 60 to 31,536,000 seconds.'],
  ELIGIBILITY_URL: [
    '',
    "URL of the shop's eligibility endpoint, http:// or https://, instead of the table in DATABASE_URL.",
  ],
  ELIGIBILITY_TOKEN: ['', 'Secret. Bearer token for ELIGIBILITY_URL.'],
  ELIGIBILITY_TIMEOUT_MS: ['1000', 'Timeout of one eligibility request, 50 to 10,000 milliseconds.'],
  ENTRY_AUTH: [
    'open',
    "Who can request entry: `open`, every caller (rejected in production); `service`, the shop's backend with SERVICE_TOKEN; `jwt`, each user with a token of the identity provider (AUTH_JWKS_URL).",
  ],
  AUTH_JWKS_URL: [
    '',
    'URL of the key set of the identity provider, https:// (http:// outside production or on this machine). Required with ENTRY_AUTH=jwt. If it is set, a token with the scope queue:admin has the rights of ADMIN_TOKEN.',
  ],
  AUTH_ISSUER: ['', 'Required `iss` of the tokens of the identity provider; needs AUTH_JWKS_URL.'],
  AUTH_AUDIENCE: ['', 'Required `aud` of the tokens of the identity provider; needs AUTH_JWKS_URL.'],
  SERVICE_TOKEN: [
    'generated',
    "Secret. Bearer token of the shop's backend, 32 characters or more. Required in production with ENTRY_AUTH=service.",
  ],
  ENTRY_TOKEN_SECRETS: [
    'generated',
    'Secret. Keys of entry tokens, separated by commas, each 32 characters or more. The first signs, all verify.',
  ],
  ADMISSION_PRIVATE_KEYS: [
    'generated',
    'Secret. Ed25519 keys of admission tokens, PEM or JWK, separated by commas or line breaks. The first signs, all verify.',
  ],
  DRAW_SECRETS: [
    'generated',
    'Secret. Keys of opening draws, separated by commas, each 32 characters or more. The first commits, all reveal.',
  ],
  METRICS_TOKEN: ['', 'Secret. Bearer token for /metrics, 32 characters or more; empty: /metrics is public.'],
  ADMIN_TOKEN: ['generated', 'Secret. Bearer token of operators, 32 characters or more.'],
  CORS_ORIGINS: ['', 'Origins whose pages can call the API, separated by commas, or `*`; empty: only its own origin.'],
  TRUST_PROXY: [
    'false',
    'Proxies whose X-Forwarded-* headers are trusted: `true`, `false`, the number of proxies, or their addresses, separated by commas.',
  ],
  LIVE_STREAM_LIMIT: [
    '20000',
    'Maximum number of open event streams of one process, 1 to 1,000,000; further ones get 503 OVERLOADED.',
  ],
  CONNECTION_LIMIT: [
    '20000',
    'Maximum number of open connections of one process, 0 to 1,000,000; further ones are closed at once; 0: no limit.',
  ],
  CONNECTION_LIMIT_PER_ADDRESS: [
    '',
    'Maximum number of connections of one address (one /64 of IPv6), 0 to 1,000,000; 0: no limit; empty: 0 with ENTRY_AUTH=open, else 500. Proxies in TRUST_PROXY are exempt.',
  ],
  RATE_LIMIT_PER_ADDRESS: [
    '',
    'Maximum requests per minute of one address (one /64 of IPv6), 0 to 10,000,000; 0: no limit; empty: 0 with ENTRY_AUTH=open, else 6000. Requests with SERVICE_TOKEN or ADMIN_TOKEN do not count.',
  ],
  RATE_LIMIT_PER_USER: [
    '',
    'Maximum requests per minute for one user, 0 to 10,000,000; 0: no limit; empty: 0 with ENTRY_AUTH=open, else 300.',
  ],
  ACCEPT_LIMIT_PER_SECOND: [
    '0',
    'Maximum entry requests per second of this process, 0 to 1,000,000; further ones get OVERLOADED; 0: no limit.',
  ],
  CLOCK_BOUND_SECONDS: [
    '60',
    'Records stamped further ahead of the clock of the projector and of the log are given the log time of the record before them. 1 to 31,536,000 seconds.',
  ],
  LOG_LEVEL: ['info', '`trace`, `debug`, `info`, `warn`, `error`, `fatal` or `silent`.'],
} as const satisfies Record<string, readonly [defaultValue: string, meaning: string]>;

export type SettingName = keyof typeof SETTINGS;

export interface SettingDescription {
  readonly name: string;
  /** As in the environment; empty: unset. `generated`: created once in DATA_DIRECTORY, but required in production. */
  readonly default: string;
  readonly meaning: string;
}

/** The settings table for the documentation and the command line. */
export function describeSettings(): readonly SettingDescription[] {
  return Object.entries(SETTINGS).map(([name, [defaultValue, meaning]]) => ({ name, default: defaultValue, meaning }));
}
