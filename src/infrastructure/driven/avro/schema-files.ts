import { readdirSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';

/** The same path from `src` and from the build. */
export const SCHEMA_DIRECTORY = new URL('../../../../schemas/', import.meta.url);
/** The namespace of every event. */
export const EVENT_NAMESPACE = 'concert.queue';

/** The current schema of one event. */
export interface SchemaFile {
  /** The short name of the record, which is the event type: `QueuePaused`. */
  readonly record: string;
  /** The full name, which is the subject in the registry. */
  readonly subject: string;
  /** The schema as compact JSON with its documentation, as it is registered. */
  readonly text: string;
}

/** A released version, which never changes. */
export interface ReleasedSchema extends SchemaFile {
  readonly version: number;
  readonly file: string;
}

/** The current schemas, sorted by name. @throws Error naming a file that is not JSON */
export function loadSchemas(directory: URL = SCHEMA_DIRECTORY): readonly SchemaFile[] {
  return filesIn(directory).map((file) => schemaFile(basename(file, '.avsc'), new URL(file, directory)));
}

/** All released versions, sorted by name and version. */
export function loadReleased(directory: URL = SCHEMA_DIRECTORY): readonly ReleasedSchema[] {
  const released = new URL('released/', directory);
  return filesIn(released)
    .map((file) => {
      const [, record, version] = /^(\w+)\.v(\d+)\.avsc$/.exec(file) ?? [];
      if (record === undefined) throw new Error(`schemas/released/${file} is not named <Record>.v<n>.avsc`);
      return { ...schemaFile(record, new URL(file, released)), version: Number(version), file };
    })
    .toSorted((a, b) => (a.record === b.record ? a.version - b.version : a.record < b.record ? -1 : 1));
}

function filesIn(directory: URL): string[] {
  return readdirSync(directory)
    .filter((file) => file.endsWith('.avsc'))
    .toSorted();
}

function schemaFile(record: string, path: URL): SchemaFile {
  try {
    const text = JSON.stringify(JSON.parse(readFileSync(path, 'utf8')));
    return { record, subject: `${EVENT_NAMESPACE}.${record}`, text };
  } catch (cause) {
    throw new Error(`${path.pathname} is not JSON`, { cause });
  }
}
