// Installs the dependencies when they are missing or not those of the lock file.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { NODE, PROJECT } from './run.mjs';

export function prepare() {
  const reason = whyInstall();
  if (!reason) return;
  console.error(`Installing the dependencies (npm ci): ${reason}.`);
  // Its warnings are about this machine's Node, which only installs: the pinned one does the work.
  const done = spawnSync('npm', ['ci', '--no-progress', '--loglevel=error'], {
    cwd: PROJECT,
    stdio: ['ignore', 2, 'inherit'],
  });
  if (done.status !== 0) throw new Error(`npm ci failed${done.error ? `: ${done.error.message}` : ''}.`);
  if (!existsSync(NODE)) throw new Error('npm ci did not install the pinned Node (npm package "node").');
}

/** Undefined when everything that the lock file demands is there. npm writes what it installed into node_modules. */
function whyInstall() {
  const installedFile = join(PROJECT, 'node_modules', '.package-lock.json');
  if (!existsSync(installedFile)) return 'there are none yet';
  if (!existsSync(NODE)) return 'the pinned Node is missing';
  const wanted = packagesOf(join(PROJECT, 'package-lock.json'));
  const installed = packagesOf(installedFile);
  for (const [path, entry] of Object.entries(wanted)) {
    const mayBeAbsent = path === '' || entry.optional || entry.devOptional; // other platforms' packages
    if (
      mayBeAbsent
        ? installed[path] && installed[path].version !== entry.version
        : installed[path]?.version !== entry.version
    ) {
      return `${path} is not what package-lock.json says`;
    }
  }
  return undefined;
}

function packagesOf(file) {
  return JSON.parse(readFileSync(file, 'utf8')).packages;
}
