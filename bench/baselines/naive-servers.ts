import type { NaiveServers } from './naive-log.ts';

/** Reads the environment, with the names of the application's settings. @throws Error for a missing one */
export function naiveServers(): NaiveServers {
  return {
    brokers: requiredSetting('KAFKA_BROKERS').split(','),
    registryUrl: requiredSetting('SCHEMA_REGISTRY_URL'),
    redisUrl: requiredSetting('REDIS_URL'),
    prefix: requiredSetting('NAME_PREFIX'),
  };
}

export function requiredSetting(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set.`);
  return value;
}
