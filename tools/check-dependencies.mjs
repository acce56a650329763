// `npm run gate:dependencies`: every dependency is pinned and is what was locked, has a licence that goes with MIT, and has no
// known hole of high severity, as far as the registry says so. Works without a network but for the last.
import { spawnSync } from 'node:child_process';
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
const AUDIT_WITHIN_MS = 60_000;
/** Where the registry is known to answer, an audit that could not be made is a finding: set in CI. */
const mustAudit = process.env.AUDIT_REQUIRED === '1';

const read = (file) => JSON.parse(readFileSync(join(PROJECT, file), 'utf8'));
const manifest = read('package.json');
const locked = Object.entries(read('package-lock.json').packages).filter(([path]) => path.startsWith('node_modules/'));
const findings = [
  ...pins(),
  ...locked.flatMap(([path, entry]) => [...integrity(path, entry), ...licence(path, entry)]),
];
const audited = audit();
findings.push(...audited.findings);
for (const finding of findings) console.error(finding);
console.log(`${locked.length} dependencies, ${findings.length} findings; ${audited.words}`);
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

/** Not every registry answers this: then that is said, and is no pass; the other checks are made all the same. */
function audit() {
  const { stdout, error } = spawnSync('npm', ['audit', '--omit=dev', '--audit-level=high', '--json'], {
    cwd: PROJECT,
    encoding: 'utf8',
    timeout: AUDIT_WITHIN_MS,
  });
  const report = parsed(stdout);
  if (!report?.vulnerabilities) {
    const because = notOffered(report) ? 'not offered by this registry' : 'the registry does not answer';
    const words = `NOT audited: ${because} (${report?.message ?? error?.message ?? 'no answer'})`;
    return { findings: mustAudit ? [words] : [], words };
  }
  const holes = Object.values(report.vulnerabilities).filter(({ severity }) => ['high', 'critical'].includes(severity));
  return {
    findings: holes.map(({ name, severity }) => `${name} has a known hole of ${severity} severity: npm audit`),
    words: 'audited: npm audit knows of no other hole of high severity',
  };
}

/** No method, no route: as of a mirror. */
function notOffered(report) {
  return [404, 405, 501].includes(report?.statusCode);
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // no answer, or none in JSON: the caller says so
  }
}
