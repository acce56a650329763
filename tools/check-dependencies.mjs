// `npm run check:dependencies`: every dependency is pinned, is the locked version, and has a licence compatible with MIT.
// Needs no network.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PROJECT } from './launch/run.mjs';

/** Permissive. What only development needs may be under a licence that asks for its own source alone (MPL), or be data (CC). */
const PERMISSIVE = [
  'MIT',
  'ISC',
  'Apache-2.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  '0BSD',
  'BlueOak-1.0.0',
  'CC0-1.0',
  'Zlib',
  'Unlicense',
  'Python-2.0',
];
const FOR_DEVELOPMENT = [...PERMISSIVE, 'MPL-2.0', 'CC-BY-4.0'];

const read = (file) => JSON.parse(readFileSync(join(PROJECT, file), 'utf8'));
const manifest = read('package.json');
const locked = Object.entries(read('package-lock.json').packages).filter(([path]) => path.startsWith('node_modules/'));
const findings = [
  ...pins(),
  ...locked.flatMap(([path, entry]) => [...integrity(path, entry), ...licence(path, entry)]),
];
for (const finding of findings) console.error(finding);
console.log(`${locked.length} dependencies, ${findings.length} findings`);
process.exitCode = findings.length > 0 ? 1 : 0;

function pins() {
  const wanted = Object.entries({ ...manifest.dependencies, ...manifest.devDependencies });
  return wanted
    .filter(([, version]) => !/^(npm:[^@]*@?[^@]+@)?\d+\.\d+\.\d+[\w.-]*$/.test(version))
    .map(([name]) => `${name} is not pinned to one version`);
}

/** What is installed must be what was locked. What other platforms need is locked by version alone. */
function integrity(path, { version, integrity: hash, optional, devOptional, resolved }) {
  if (resolved) return [`${path} names where it came from: it could be fetched from nowhere else`];
  if (!hash && !optional && !devOptional) return [`${path} has no integrity in the lock file`];
  const installed = join(path, 'package.json');
  if (!existsSync(join(PROJECT, installed))) return optional || devOptional ? [] : [`${path} is not installed`];
  return read(installed).version === version ? [] : [`${path} is not the version that was locked`];
}

function licence(path, { license, dev, devOptional }) {
  const installed = join(path, 'package.json');
  const own = existsSync(join(PROJECT, installed)) ? read(installed) : {};
  const expression =
    license ?? own.license?.type ?? own.license ?? own.licenses?.map(({ type }) => type).join(' OR ') ?? stated(path);
  const allowed = dev || devOptional ? FOR_DEVELOPMENT : PERMISSIVE;
  return isAllowed(String(expression), allowed) ? [] : [`${path} has the licence "${expression}"`];
}

/** Some say it in a file alone. */
function stated(path) {
  const file = join(PROJECT, path, 'LICENSE');
  return existsSync(file) && readFileSync(file, 'utf8').includes('MIT License') ? 'MIT' : '';
}

/** SPDX, as far as packages use it: one side of an OR, both of an AND. */
function isAllowed(expression, allowed) {
  const alternatives = expression.replaceAll(/[()]/g, '').split(' OR ');
  return alternatives.some((one) => one.split(' AND ').every((part) => allowed.includes(part.trim())));
}
