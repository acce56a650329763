import { randomUUID } from 'node:crypto';
import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { FatalError } from '../application/errors.ts';

type StoredSecrets = Readonly<Record<string, string>>;

/**
 * Secrets for development, generated at the first start and stored in `secrets.json` by setting name.
 *
 * The file is created atomically with mode 0600. Two processes that start at once use the same secrets: linking to an existing
 * name fails, and that process reads the file of the other.
 *
 * @param mayStore false: missing secrets are generated for this process alone, and nothing is written
 * @throws FatalError if the directory is not writable or the file is invalid
 */
export function generatedSecrets(
  folder: string,
  names: readonly string[],
  generate: (name: string) => string,
  mayStore = true,
): StoredSecrets {
  const file = join(folder, 'secrets.json');
  try {
    if (mayStore) mkdirSync(folder, { recursive: true, mode: 0o700 });
    const existing = read(file);
    const missing = names.filter((name) => existing?.[name] === undefined);
    if (existing && missing.length === 0) return existing;
    const secrets = { ...existing, ...Object.fromEntries(missing.map((name) => [name, generate(name)])) };
    if (!mayStore) return secrets;
    return existing ? extend(file, secrets) : create(file, secrets);
  } catch (error) {
    if (error instanceof FatalError) throw error;
    const reason = error instanceof Error ? error.message : code(error);
    throw new FatalError(`DATA_DIRECTORY ${resolve(folder)} cannot store secrets.json: ${reason}.`, { cause: error });
  }
}

function create(file: string, secrets: StoredSecrets): StoredSecrets {
  const draft = write(file, secrets);
  try {
    linkSync(draft, file);
    return secrets;
  } catch (error) {
    if (code(error) !== 'EEXIST') throw error;
    return { ...secrets, ...read(file) };
  } finally {
    rmSync(draft, { force: true });
  }
}

/** Adds secrets that a newer version requires. */
function extend(file: string, secrets: StoredSecrets): StoredSecrets {
  renameSync(write(file, secrets), file);
  return secrets;
}

function write(file: string, secrets: StoredSecrets): string {
  const draft = `${file}.${randomUUID()}`;
  writeFileSync(draft, `${JSON.stringify(secrets, null, 2)}\n`, { mode: 0o600, flag: 'wx' });
  return draft;
}

function read(file: string): StoredSecrets | undefined {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if (code(error) === 'ENOENT') return undefined;
    throw error;
  }
  const parsed = parse(text);
  if (isStoredSecrets(parsed)) return parsed;
  throw new FatalError(
    'The secrets.json in DATA_DIRECTORY is not an object of strings. Remove it to generate new secrets.',
  );
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // the caller rejects it without the parser's message, which would quote the file
  }
}

function isStoredSecrets(value: unknown): value is StoredSecrets {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    Object.values(value).every((item) => typeof item === 'string')
  );
}

function code(error: unknown): string {
  return typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : 'unknown error';
}
