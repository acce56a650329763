/** The build as a later release might be: the same, but for the version of its fold. */
import { cp, mkdtemp, readFile, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PROJECT } from '../../tools/stack/settings.ts';
import { buildIfStale } from './build.ts';

export interface OtherVersion {
  /** What starts its server. */
  readonly main: string;
  /** To be removed after the test. */
  readonly directory: string;
}

/** @param foldVersion of its fold, which comes to the same states all the same */
export async function buildWithFold(foldVersion: number): Promise<OtherVersion> {
  await buildIfStale();
  const directory = await mkdtemp(join(tmpdir(), 'concert-queue-version-'));
  await cp(join(PROJECT, 'dist'), join(directory, 'dist'), { recursive: true });
  for (const name of ['node_modules', 'schemas', 'package.json'])
    await symlink(join(PROJECT, name), join(directory, name));
  const file = join(directory, 'dist', 'domain', 'queue-snapshot.js');
  const text = await readFile(file, 'utf8');
  const other = text.replace(/(FOLD_VERSION = )\d+/, `$1${foldVersion}`);
  if (other === text) throw new Error(`${file} names no other version of the fold`);
  await writeFile(file, other);
  return { main: join(directory, 'dist', 'main.js'), directory };
}
