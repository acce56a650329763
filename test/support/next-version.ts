/** Copies of the build that differ as another release would. */
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
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

/**
 * @param foldVersion of the copy; the fold itself is the same
 * @param unknownEvents event types that the copy has no schema for, as an earlier release
 */
export async function buildWithFold(foldVersion: number, unknownEvents: readonly string[] = []): Promise<OtherVersion> {
  await buildIfStale();
  const directory = await mkdtemp(join(tmpdir(), 'concert-queue-version-'));
  await cp(join(PROJECT, 'dist'), join(directory, 'dist'), { recursive: true });
  for (const name of ['node_modules', 'package.json']) await symlink(join(PROJECT, name), join(directory, name));
  await cp(join(PROJECT, 'schemas'), join(directory, 'schemas'), { recursive: true });
  for (const event of unknownEvents) await rm(join(directory, 'schemas', `${event}.avsc`));
  const file = join(directory, 'dist', 'domain', 'queue-snapshot.js');
  const text = await readFile(file, 'utf8');
  const other = text.replace(/(FOLD_VERSION = )\d+/, `$1${foldVersion}`);
  if (other === text) throw new Error(`${file} has no FOLD_VERSION to replace`);
  await writeFile(file, other);
  return { main: join(directory, 'dist', 'main.js'), directory };
}
