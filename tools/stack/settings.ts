/** Where the local stack lives and listens. Every value can be overridden in the environment, so that two checkouts can run side by side. */
import { isAbsolute, join } from 'node:path';

export const COMPONENTS = ['kafka', 'schema-registry', 'redis', 'postgres'] as const;
export type ComponentName = (typeof COMPONENTS)[number];

export interface StackSettings {
  /** Absolute folder of data, logs, process ids and downloaded servers; never under version control. */
  readonly directory: string;
  readonly kafkaPort: number;
  readonly kafkaControllerPort: number;
  readonly registryPort: number;
  readonly redisPort: number;
  readonly postgresPort: number;
}

/** A problem the person at the keyboard can solve; the message says how. */
export class StackError extends Error {}

export const PROJECT = join(import.meta.dirname, '..', '..');

/** Reads the settings from the environment. Throws StackError for a port that is none. */
export function stackSettings(environment: NodeJS.ProcessEnv = process.env): StackSettings {
  const directory = environment['STACK_DIRECTORY'] ?? '.stack';
  return {
    directory: isAbsolute(directory) ? directory : join(PROJECT, directory),
    kafkaPort: port(environment, 'STACK_KAFKA_PORT', 19092),
    kafkaControllerPort: port(environment, 'STACK_KAFKA_CONTROLLER_PORT', 19093),
    registryPort: port(environment, 'STACK_REGISTRY_PORT', 18081),
    redisPort: port(environment, 'STACK_REDIS_PORT', 16379),
    postgresPort: port(environment, 'STACK_POSTGRES_PORT', 15432),
  };
}

/** Folder of the servers downloaded from Maven Central. */
export const downloadsOf = (settings: StackSettings): string => join(settings.directory, 'downloads');

/** What the application is told about the stack, by the names of its own settings. */
export function applicationSettings(settings: StackSettings): Record<string, string> {
  return {
    KAFKA_BROKERS: `127.0.0.1:${settings.kafkaPort}`,
    SCHEMA_REGISTRY_URL: `http://127.0.0.1:${settings.registryPort}/apis/ccompat/v7`,
    REDIS_URL: `redis://127.0.0.1:${settings.redisPort}`,
    DATABASE_URL: `postgres://concert_queue@127.0.0.1:${settings.postgresPort}/concert_queue`,
  };
}

function port(environment: NodeJS.ProcessEnv, name: string, fallback: number): number {
  const text = environment[name];
  if (text === undefined || text === '') return fallback;
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1 || value > 65_535)
    throw new StackError(`${name} must be a port from 1 to 65535.`);
  return value;
}
