/** A copy of the build with another fold version, as a later release would have. */
import { cp, mkdtemp, readFile, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PROJECT } from '../../tools/stack/settings.ts';
import { buildIfStale } from './build.ts';

export interface OtherVersion {
  /** Entry file of its server. */
  readonly main: string;
  /** To be removed after the test. */
  readonly directory: string;
}

/** @param foldVersion of the copy; the fold itself is the same */
export async function buildWithFold(foldVersion: number): Promise<OtherVersion> {
  await buildIfStale();
  const directory = await mkdtemp(join(tmpdir(), 'concert-queue-version-'));
  await cp(join(PROJECT, 'dist'), join(directory, 'dist'), { recursive: true });
  for (const name of ['node_modules', 'schemas', 'package.json'])
    await symlink(join(PROJECT, name), join(directory, name));
  const file = join(directory, 'dist', 'domain', 'queue-snapshot.js');
  const text = await readFile(file, 'utf8');
  const other = text.replace(/(FOLD_VERSION = )\d+/, `$1${foldVersion}`);
  if (other === text) throw new Error(`${file} has no FOLD_VERSION to replace`);
  await writeFile(file, other);
  return { main: join(directory, 'dist', 'main.js'), directory };
}
