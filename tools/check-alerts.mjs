// `npm run check:alerts`: Prometheus' own promtool reads the alert rules, and tries them on the series of ops/alerts.test.yml: each
// fires after its `for` and not before. Where there is no promtool it is taken out of the Debian package, into .promtool.
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { answer, ended, launch, PROJECT } from './launch/run.mjs';

const RULES = 'ops/alerts.yml';
const TESTS = 'ops/alerts.test.yml';
const HOME = join(PROJECT, '.promtool');

const promtool = (await isThere('promtool')) ? 'promtool' : await fetched();
const steps = [
  ['check', 'rules', RULES],
  ['test', 'rules', TESTS],
];
let failed = untested();
for (const step of steps) if ((await ended(launch(promtool, step))) !== 0) failed = true;
process.exitCode = failed ? 1 : 0;

/** Every rule must be seen to fire. */
function untested() {
  const tests = readFileSync(join(PROJECT, TESTS), 'utf8');
  const names = [...readFileSync(join(PROJECT, RULES), 'utf8').matchAll(/- alert: (\w+)/g)].map(([, name]) => name);
  const missing = names.filter((name) => !tests.includes(`alertname="${name}",alertstate="firing"`));
  if (missing.length > 0) console.error(`${TESTS} does not make these fire: ${missing.join(', ')}`);
  return missing.length > 0;
}

async function isThere(command) {
  const { status } = await answer(command, ['--version'], { stdio: ['ignore', 'pipe', 'ignore'] }).catch(() => ({}));
  return status === 0;
}

/** From the package alone, without installing it: that would start a server. Needs no root. */
async function fetched() {
  const program = join(HOME, 'promtool');
  if (existsSync(program)) return program;
  if (!(await isThere('apt-get')))
    throw new Error('This needs promtool in the PATH: it comes with Prometheus (https://prometheus.io/download/).');
  console.log('Taking promtool from the package prometheus (20 MB).');
  mkdirSync(HOME, { recursive: true });
  const folder = mkdtempSync(join(HOME, 'package-'));
  try {
    // The machine's own lists may be missing or too old: then read them anew, beside the machine's.
    if (!(await downloaded(folder, [])) && !(await downloaded(folder, await ownLists(folder))))
      throw new Error('apt-get could not download the package prometheus: try again, or put promtool in the PATH.');
    const name = readdirSync(folder).find((file) => file.endsWith('.deb'));
    if ((await ended(launch('dpkg-deb', ['--extract', name, 'unpacked'], { cwd: folder }))) !== 0)
      throw new Error('The package prometheus cannot be unpacked.');
    renameSync(join(folder, 'unpacked', 'usr', 'bin', 'promtool'), program);
    return program;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function ownLists(folder) {
  const state = join(folder, 'state');
  const cache = join(folder, 'cache');
  for (const partial of [join(state, 'lists', 'partial'), join(cache, 'archives', 'partial')])
    mkdirSync(partial, { recursive: true });
  const options = ['-o', `Dir::State=${state}`, '-o', `Dir::Cache=${cache}`];
  await apt(folder, [...options, 'update']);
  return options;
}

async function downloaded(folder, options) {
  await apt(folder, [...options, 'download', 'prometheus']);
  return readdirSync(folder).some((file) => file.endsWith('.deb'));
}

/** What it could not do is seen by what is not there. */
function apt(folder, args) {
  const calm = ['-qq', '-o', 'Acquire::Retries=3', '-o', 'Acquire::http::Timeout=20', '-o', 'APT::Sandbox::User=root'];
  return ended(launch('apt-get', [...calm, ...args], { cwd: folder, stdio: 'ignore' }));
}
