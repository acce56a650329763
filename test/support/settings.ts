export interface StackAddresses {
  readonly kafkaBrokers: readonly string[];
  /** Base address of the Confluent API. */
  readonly schemaRegistryUrl: string;
  readonly redisUrl: string;
  readonly databaseUrl: string;
}

/** Addresses of the local stack, which the set-up of the `stack` project put into the environment. */
export function stackAddresses(): StackAddresses {
  return {
    kafkaBrokers: required('KAFKA_BROKERS').split(','),
    schemaRegistryUrl: required('SCHEMA_REGISTRY_URL'),
    redisUrl: required('REDIS_URL'),
    databaseUrl: required('DATABASE_URL'),
  };
}

function required(name: string): string {
  const value = process.env[name];
  if (!value)
    throw new Error(`${name} is not set: a test that needs the stack must end in .int.test.ts or .e2e.test.ts.`);
  return value;
}
