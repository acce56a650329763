/**
 * `npm run check:package`: packs what would be published, and runs it in an empty folder that holds its declared dependencies
 * and nothing else. With TEST_FORM=full npm itself installs it there.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import manifest from '../../package.json' with { type: 'json' };
import { buildIfStale } from '../launch/build.mjs';

const PROJECT = join(import.meta.dirname, '..', '..');
const NEVER_SHIPPED = /\.(?:test|suite|given|arbitrary)\.|^(?:src|test|tools|bench)\//;

/** @type {string[]} */
const findings = [];
const folder = mkdtempSync(join(tmpdir(), 'package-'));
try {
  await buildIfStale();
  const tarball = join(
    folder,
    npm(PROJECT, 'pack', '--silent', '--ignore-scripts', '--pack-destination', folder).trim(),
  );
  const files = execFileSync('tar', ['tzf', tarball], { encoding: 'utf8' }).trim().split('\n');
  for (const file of files.map((path) => path.replace('package/', '')))
    if (NEVER_SHIPPED.test(file)) findings.push(`${file} is packed`);
  install(tarball);
  expectRun('concert-queue', ['--help'], 0, 'Usage: concert-queue');
  expectRun('concert-queue', ['schemas', 'check'], 0, 'compatible with every released version');
  expectRun('concert-queue', ['settings', 'check'], 1, 'PORT must be an integer', { PORT: 'x' });
  expectRun('concert-queue-server', [], 1, 'is required in production', { NODE_ENV: 'production' });
  console.log(`${files.length} files packed, ${findings.length} findings`);
} finally {
  rmSync(folder, { recursive: true });
}
for (const finding of findings) console.error(finding);
process.exitCode = findings.length === 0 ? 0 : 1;

function install(tarball) {
  if (process.env.TEST_FORM === 'full') {
    writeFileSync(join(folder, 'package.json'), '{ "private": true }');
    npm(folder, 'install', '--silent', '--prefer-offline', '--omit=dev', '--ignore-scripts', tarball);
    return;
  }
  mkdirSync(installed(), { recursive: true });
  execFileSync('tar', ['xzf', tarball, '--strip-components=1', '-C', installed()]);
  for (const name of Object.keys(manifest.dependencies)) {
    const link = join(folder, 'node_modules', name);
    mkdirSync(dirname(link), { recursive: true });
    symlinkSync(join(PROJECT, 'node_modules', name), link);
  }
}

function installed() {
  return join(folder, 'node_modules', manifest.name);
}

function npm(cwd, ...args) {
  return execFileSync('npm', args, { cwd, encoding: 'utf8' });
}

/** Runs one of the package's programs, and expects it to end with `status` and to say `words`. */
function expectRun(bin, args, status, words, environment = {}) {
  const { PATH = '', HOME = '' } = process.env;
  const run = spawnSync(process.execPath, [join(installed(), manifest.bin[bin]), ...args], {
    cwd: folder,
    env: { PATH, HOME, ...environment },
    encoding: 'utf8',
  });
  if (run.status !== status || !`${run.stdout}${run.stderr}`.includes(words))
    findings.push(`${bin} ${args.join(' ')} ended with ${run.status} and said: ${run.stdout}${run.stderr}`);
}
