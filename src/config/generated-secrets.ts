import { randomUUID } from 'node:crypto';
import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { FatalError } from '../application/errors.ts';

type Kept = Readonly<Record<string, string>>;

/**
 * Secrets of a development machine, made when first asked for and kept in `secrets.json` under their settings' names.
 *
 * The file appears whole or not at all, with mode 0600. Two processes that start at once agree: a link to a name that
 * exists fails, and whoever lost takes what the other wrote.
 *
 * @throws FatalError if the folder cannot be written or the file is not what it should be
 */
export function generatedSecrets(folder: string, names: readonly string[], generate: (name: string) => string): Kept {
  const file = join(folder, 'secrets.json');
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const before = read(file);
    const missing = names.filter((name) => before?.[name] === undefined);
    if (before && missing.length === 0) return before;
    const made = { ...before, ...Object.fromEntries(missing.map((name) => [name, generate(name)])) };
    return before ? extend(file, made) : create(file, made);
  } catch (error) {
    if (error instanceof FatalError) throw error;
    const reason = error instanceof Error ? error.message : code(error);
    throw new FatalError(`DATA_DIRECTORY ${resolve(folder)} cannot keep secrets.json: ${reason}.`, { cause: error });
  }
}

function create(file: string, secrets: Kept): Kept {
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

/** A later version asks for a secret that the file does not have yet. */
function extend(file: string, secrets: Kept): Kept {
  renameSync(write(file, secrets), file);
  return secrets;
}

function write(file: string, secrets: Kept): string {
  const draft = `${file}.${randomUUID()}`;
  writeFileSync(draft, `${JSON.stringify(secrets, null, 2)}\n`, { mode: 0o600, flag: 'wx' });
  return draft;
}

function read(file: string): Kept | undefined {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if (code(error) === 'ENOENT') return undefined;
    throw error;
  }
  const parsed = parse(text);
  if (isKept(parsed)) return parsed;
  throw new FatalError(
    'DATA_DIRECTORY has a secrets.json that is not an object of strings; remove it to make new ones.',
  );
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // refused by the caller, without the parser's message: it would quote the file
  }
}

function isKept(value: unknown): value is Kept {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    Object.values(value).every((one) => typeof one === 'string')
  );
}

function code(error: unknown): string {
  return typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : 'unknown error';
}
