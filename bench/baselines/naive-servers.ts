import type { LiteralServers } from './naive-log.ts';

/** Of the process's environment, by the names of the application's settings. @throws Error for one that is missing */
export function literalServers(): LiteralServers {
  return {
    brokers: given('KAFKA_BROKERS').split(','),
    registryUrl: given('SCHEMA_REGISTRY_URL'),
    redisUrl: given('REDIS_URL'),
    prefix: given('NAME_PREFIX'),
  };
}

export function given(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set.`);
  return value;
}
