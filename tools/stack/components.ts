/** The four servers of the local stack, as one list: what each needs, how it starts, how one knows that it answers. */
import { join } from 'node:path';
import { postgresPrograms, requirePrograms, STACK_PROGRAMS } from './install.ts';
import { startKafka } from './kafka.ts';
import { kafkaAnswers } from './kafka-probe.ts';
import { installKafka, installSchemaRegistry } from './maven.ts';
import { requireFreePort } from './ports.ts';
import { postgresAnswers, startPostgres } from './postgres.ts';
import type { RunningServer } from './process.ts';
import { redisAnswers, startRedis } from './redis.ts';
import { schemaRegistryAnswers, startSchemaRegistry } from './schema-registry.ts';
import { type ComponentName, downloadsOf, StackError, type StackSettings } from './settings.ts';

export interface Component {
  readonly name: ComponentName;
  readonly port: number;
  readonly directory: string;
  /** Throws StackError, naming the port, when another program has one of the component's ports. */
  readonly requirePorts: () => Promise<void>;
  readonly start: () => Promise<RunningServer>;
  readonly answers: () => Promise<boolean>;
}

export function installEverything(say: (line: string) => void): void {
  requirePrograms(STACK_PROGRAMS, say);
}

export function components(settings: StackSettings): readonly Component[] {
  const downloads = downloadsOf(settings);
  const place = (name: ComponentName, port: number): Pick<Component, 'name' | 'port' | 'directory'> => ({
    name,
    port,
    directory: join(settings.directory, name),
  });
  const kafka = place('kafka', settings.kafkaPort);
  const registry = place('schema-registry', settings.registryPort);
  const redis = place('redis', settings.redisPort);
  const postgres = place('postgres', settings.postgresPort);
  return [
    {
      ...kafka,
      requirePorts: async () => {
        await requireFreePort(kafka.port, 'kafka', 'STACK_KAFKA_PORT');
        await requireFreePort(settings.kafkaControllerPort, 'kafka (controller)', 'STACK_KAFKA_CONTROLLER_PORT');
      },
      start: async () =>
        startKafka({ ...kafka, controllerPort: settings.kafkaControllerPort, jars: await installKafka(downloads) }),
      answers: () => kafkaAnswers(kafka.port),
    },
    {
      ...registry,
      requirePorts: () => requireFreePort(registry.port, registry.name, 'STACK_REGISTRY_PORT'),
      start: async () => startSchemaRegistry({ ...registry, jar: await installSchemaRegistry(downloads) }),
      answers: () => schemaRegistryAnswers(registry.port),
    },
    {
      ...redis,
      requirePorts: () => requireFreePort(redis.port, redis.name, 'STACK_REDIS_PORT'),
      start: () => startRedis(redis),
      answers: () => redisAnswers(redis.port),
    },
    {
      ...postgres,
      requirePorts: () => requireFreePort(postgres.port, postgres.name, 'STACK_POSTGRES_PORT'),
      start: () => startPostgres({ ...postgres, programs: programs() }),
      answers: () => postgresAnswers(programs(), postgres.port),
    },
  ];
}

function programs(): string {
  const folder = postgresPrograms();
  if (folder === undefined) throw new StackError('PostgreSQL is not installed.');
  return folder;
}
