/** Builds dist/ before a test starts the built server. */
import { execFile } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { holdingLock } from '../../tools/stack/lock.ts';
import { PROJECT, stackSettings } from '../../tools/stack/settings.ts';

export const NODE = join(PROJECT, 'node_modules', 'node', 'bin', 'node');
export const MAIN = join(PROJECT, 'dist', 'main.js');
/** Environment of every process of the product that a test starts: they share one compile cache. */
export const COMPILED = { NODE_COMPILE_CACHE: join(PROJECT, 'node_modules', '.cache', 'compiled') };

/** Builds when a source is newer than the last build; of several workers one builds and the others wait for it. */
export async function buildIfStale(): Promise<void> {
  if (!isStale()) return;
  const { directory } = stackSettings();
  await mkdir(directory, { recursive: true });
  await holdingLock(join(directory, 'build.lock'), 120_000, async () => {
    if (isStale()) await build();
  });
}

async function build(): Promise<void> {
  await promisify(execFile)(NODE, ['tools/build.mjs'], { cwd: PROJECT }).catch((error: unknown) => {
    const said = error instanceof Object && 'stdout' in error ? String(error.stdout) : '';
    throw new Error(`The build failed.\n${said}`, { cause: error });
  });
}

function isStale(): boolean {
  if (!existsSync(MAIN)) return true;
  const { mtimeMs } = statSync(MAIN);
  const sources = ['src', 'apps'].flatMap((folder) =>
    readdirSync(join(PROJECT, folder), { recursive: true, withFileTypes: true }),
  );
  return sources
    .filter((entry) => entry.isFile() && !/\.(test|contract|fixtures|arbitraries)\.ts$/.test(entry.name))
    .some((entry) => statSync(join(entry.parentPath, entry.name)).mtimeMs > mtimeMs);
}
