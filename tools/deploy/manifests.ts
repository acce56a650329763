import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';

const FOLDER = join(import.meta.dirname, '..', '..', 'deploy', 'kubernetes');

export interface Manifest {
  readonly file: string;
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly body: object;
}

/** Every object in deploy/kubernetes, the kustomization included. @throws Error for a file that is not YAML */
export function loadManifests(folder = FOLDER): readonly Manifest[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith('.yaml'))
    .flatMap((file) =>
      parseAllDocuments(readFileSync(join(folder, file), 'utf8')).map((document) => {
        if ('errors' in document && document.errors.length > 0)
          throw new Error(`${file}: ${document.errors[0]?.message}`);
        return manifestOf(file, 'toJS' in document ? document.toJS() : undefined);
      }),
    );
}

function manifestOf(file: string, body: unknown): Manifest {
  return {
    file,
    body: body instanceof Object ? body : {},
    apiVersion: textAt(body, 'apiVersion'),
    kind: textAt(body, 'kind'),
    name: textAt(body, 'metadata', 'name'),
  };
}

/** The value at a path of keys; undefined where there is none. */
export function at(value: unknown, ...path: readonly (string | number)[]): unknown {
  return path.reduce<unknown>(
    (inner, key) => (typeof inner === 'object' && inner !== null && key in inner ? Reflect.get(inner, key) : undefined),
    value,
  );
}

/** The text at a path of keys; empty where there is none. */
export function textAt(value: unknown, ...path: readonly (string | number)[]): string {
  const found = at(value, ...path);
  return typeof found === 'string' ? found : '';
}

/** Everything within a value that stands under this key, at any depth. */
export function every(value: unknown, key: string): unknown[] {
  if (!(value instanceof Object)) return [];
  return Object.entries(value).flatMap(([name, inner]: [string, unknown]) => [
    ...(name === key ? [inner] : []),
    ...every(inner, key),
  ]);
}
