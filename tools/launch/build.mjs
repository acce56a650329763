// Builds dist/ when a source is newer than the last build.
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { ended, launch, NODE, PROJECT } from './run.mjs';

export async function buildIfStale() {
  const built = join(PROJECT, 'dist', 'main.js');
  const at = existsSync(built) ? statSync(built).mtimeMs : 0;
  const sources = ['package.json', 'tsconfig.json', 'tsconfig.build.json', ...filesUnder('src'), ...filesUnder('apps')];
  if (sources.every((file) => statSync(join(PROJECT, file)).mtimeMs < at)) return;
  console.error('Building.');
  if ((await ended(launch(NODE, ['tools/build.mjs']))) !== 0) throw new Error('The build failed.');
}

function filesUnder(folder) {
  return readdirSync(join(PROJECT, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    return entry.isDirectory() ? filesUnder(path) : [path];
  });
}
