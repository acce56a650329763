import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { type RunningServer, startServer } from './process.ts';

export interface SchemaRegistryOptions {
  readonly directory: string;
  /** The registry's runnable jar; see `installSchemaRegistry`. */
  readonly jar: string;
  readonly port: number;
  readonly endsWithParent?: boolean;
}

/** Starts an Apicurio registry (Confluent API under /apis/ccompat/v7) whose schemas are kept in a file of its folder. */
export async function startSchemaRegistry(options: SchemaRegistryOptions): Promise<RunningServer> {
  const data = join(options.directory, 'data');
  mkdirSync(data, { recursive: true });
  const settings: Record<string, string> = {
    'quarkus.http.host': '127.0.0.1',
    'quarkus.http.port': String(options.port),
    'quarkus.otel.sdk.disabled': 'true',
    'quarkus.log.level': 'WARN',
    'apicurio.storage.kind': 'sql',
    'apicurio.storage.sql.kind': 'h2',
    'apicurio.datasource.url': `jdbc:h2:file:${join(data, 'registry')}`,
  };
  const properties = Object.entries(settings).map(([name, value]) => `-D${name}=${value}`);
  const server = await startServer({
    name: 'schema-registry',
    directory: options.directory,
    command: 'java',
    args: ['-Xmx256m', '-XX:+UseSerialGC', ...properties, '-jar', options.jar],
    answers: () => schemaRegistryAnswers(options.port),
    ...(options.endsWithParent && { endsWithParent: true }),
  });
  await requireCompatibility(options.port);
  return server;
}

export async function schemaRegistryAnswers(port: number): Promise<boolean> {
  const answer = await fetch(`${api(port)}/subjects`, { signal: AbortSignal.timeout(2_000) });
  return answer.ok && Array.isArray(await answer.json());
}

/** Apicurio checks nothing unless told: a forgotten level must not become a hole in the public language. */
export async function requireCompatibility(port: number): Promise<void> {
  const answer = await fetch(`${api(port)}/config`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ compatibility: 'FULL_TRANSITIVE' }),
    signal: AbortSignal.timeout(10_000),
  });
  if (!answer.ok)
    throw new Error(
      `The schema registry refused its default compatibility level: ${answer.status} ${await answer.text()}`,
    );
}

const api = (port: number): string => `http://127.0.0.1:${port}/apis/ccompat/v7`;
