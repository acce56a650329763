import type { SettingReader } from './setting-reader.ts';

type SaslMechanism = 'plain' | 'scram-sha-256' | 'scram-sha-512';

export interface KafkaSettings {
  /** host:port each. */
  readonly brokers: readonly string[];
  readonly clientId: string;
  readonly replicationFactor: number;
  /** PEM texts; undefined: no encryption. */
  readonly ssl: { readonly ca?: string; readonly cert?: string; readonly key?: string } | undefined;
  readonly sasl:
    | { readonly mechanism: SaslMechanism; readonly username: string; readonly password: string }
    | undefined;
}

export interface SchemaRegistrySettings {
  readonly url: string;
  readonly username?: string;
  readonly password?: string;
}

export type RedisSettings =
  | { readonly url: string }
  | { readonly clusterNodes: readonly { readonly host: string; readonly port: number }[] };

const HOST_AND_PORT = /^(?:[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\]):\d{1,5}$/;

/** Where Kafka is and how to get in. */
export function readKafka(reader: SettingReader, production: boolean): KafkaSettings {
  const encrypted = reader.flag('KAFKA_SSL');
  const [ca, cert, key] = (['KAFKA_SSL_CA', 'KAFKA_SSL_CERT', 'KAFKA_SSL_KEY'] as const).map((name) => {
    const pem = reader.given(name)?.replaceAll('\\n', '\n');
    if (pem !== undefined && !encrypted) reader.refuse(name, 'needs KAFKA_SSL=true');
    if (pem !== undefined && !pem.startsWith('-----BEGIN ')) reader.refuse(name, 'must be PEM text');
    return pem;
  });
  if ((cert === undefined) !== (key === undefined))
    reader.refuse('KAFKA_SSL_CERT', 'and KAFKA_SSL_KEY need each other');
  const mechanism = reader.oneOf('KAFKA_SASL_MECHANISM', ['plain', 'scram-sha-256', 'scram-sha-512']);
  const username = reader.given('KAFKA_SASL_USERNAME');
  const password = reader.given('KAFKA_SASL_PASSWORD');
  if (mechanism && !(username && password))
    reader.refuse('KAFKA_SASL_MECHANISM', 'needs KAFKA_SASL_USERNAME and KAFKA_SASL_PASSWORD');
  if (!reader.given('KAFKA_SASL_MECHANISM') && (username || password))
    reader.refuse('KAFKA_SASL_MECHANISM', 'is missing beside KAFKA_SASL_USERNAME and KAFKA_SASL_PASSWORD');
  return {
    brokers: reader.list('KAFKA_BROKERS', HOST_AND_PORT, 'host:port'),
    clientId: reader.matching('KAFKA_CLIENT_ID', /^[A-Za-z0-9._-]{1,64}$/, '1 to 64 of A-Z a-z 0-9 . _ -'),
    replicationFactor: reader.integer('KAFKA_REPLICATION_FACTOR', 1, 15, production ? 3 : 1),
    ssl: encrypted ? { ...(ca ? { ca } : {}), ...(cert ? { cert } : {}), ...(key ? { key } : {}) } : undefined,
    sasl: mechanism && username && password ? { mechanism, username, password } : undefined,
  };
}

/** One Redis or a cluster, not both. */
export function readRedis(reader: SettingReader): RedisSettings {
  if (!reader.given('REDIS_CLUSTER_NODES')) return { url: readUrl(reader, 'REDIS_URL', ['redis:', 'rediss:']) };
  if (reader.given('REDIS_URL')) reader.refuse('REDIS_URL', 'and REDIS_CLUSTER_NODES exclude each other');
  const nodes = reader.list('REDIS_CLUSTER_NODES', HOST_AND_PORT, 'host:port');
  return {
    clusterNodes: nodes.map((node) => {
      const colon = node.lastIndexOf(':');
      return { host: node.slice(0, colon).replace(/^\[|\]$/g, ''), port: Number(node.slice(colon + 1)) };
    }),
  };
}

export function readSchemaRegistry(reader: SettingReader): SchemaRegistrySettings {
  const username = reader.given('SCHEMA_REGISTRY_USERNAME');
  const password = reader.given('SCHEMA_REGISTRY_PASSWORD');
  return {
    url: readUrl(reader, 'SCHEMA_REGISTRY_URL', ['http:', 'https:']),
    ...(username ? { username } : {}),
    ...(password ? { password } : {}),
  };
}

function readUrl(
  reader: SettingReader,
  name: 'SCHEMA_REGISTRY_URL' | 'REDIS_URL',
  protocols: readonly string[],
): string {
  const given = reader.text(name);
  if (!URL.canParse(given) || !protocols.includes(new URL(given).protocol))
    reader.refuse(name, `must be a URL that begins with ${protocols.map((protocol) => `${protocol}//`).join(' or ')}`);
  return given;
}
