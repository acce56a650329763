// `npm run check:api`: schemathesis sends what the OpenAPI document allows, and what it forbids, to a server of its own. Always
// the same requests. No answer may be a 500, or one that the document does not describe.
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { buildIfStale } from './launch/build.mjs';
import { ended, launch, NODE, PROJECT, SERVER } from './launch/run.mjs';

const SCHEMATHESIS = '4.32.5';
const EXAMPLES = process.env.TEST_FORM === 'full' ? 100 : 12;
const READY_WITHIN_MS = 60_000;
const ENDS_WITHIN_MS = process.env.TEST_FORM === 'full' ? 900_000 : 240_000;
const ADMIN_TOKEN = 'of-a-server-that-lives-for-the-length-of-one-fuzz';

await buildIfStale();
const schemathesis = await installed();
const directory = mkdtempSync(join(tmpdir(), 'fuzz-api-'));
const port = await freePort();
const server = launch(NODE, SERVER, {
  env: {
    PORT: `${port}`,
    HOST: '127.0.0.1',
    EVENT_LOG: 'embedded',
    ROLES: 'api,projector',
    NODE_ENV: '',
    ENTRY_AUTH: 'open',
    ADMIN_TOKEN,
    DATA_DIRECTORY: directory,
    LOG_LEVEL: 'warn',
  },
});
const gone = once(server, 'close');
try {
  await ready(`http://127.0.0.1:${port}`);
  const signal = AbortSignal.timeout(ENDS_WITHIN_MS);
  const run = launch(
    schemathesis,
    [
      '--config-file',
      join(PROJECT, 'tools', 'fuzz-api.toml'),
      'run',
      `http://127.0.0.1:${port}/openapi.json`,
      '--max-examples',
      `${EXAMPLES}`,
      '--header',
      `Authorization: Bearer ${ADMIN_TOKEN}`,
    ],
    { signal, cwd: directory },
  );
  process.exitCode = await ended(run);
} finally {
  server.kill('SIGTERM');
  await gone;
  rmSync(directory, { recursive: true, force: true });
}

/** The program, in a virtual environment of Python of its own. */
async function installed() {
  const home = join(PROJECT, '.fuzz', `schemathesis-${SCHEMATHESIS}`);
  const program = join(home, 'bin', 'schemathesis');
  if (existsSync(program)) return program;
  mkdirSync(home, { recursive: true });
  console.log(`Installing schemathesis ${SCHEMATHESIS} for Python.`);
  const made = await ended(launch('python3', ['-m', 'venv', home])).catch(() => 1);
  if (made !== 0) throw new Error('This needs Python 3 with venv (Debian: python3-venv).');
  const pip = launch(join(home, 'bin', 'pip'), [
    'install',
    '--quiet',
    '--disable-pip-version-check',
    `schemathesis==${SCHEMATHESIS}`,
  ]);
  if ((await ended(pip)) !== 0) throw new Error('pip could not install schemathesis.');
  return program;
}

async function ready(url) {
  for (const deadline = Date.now() + READY_WITHIN_MS; ; await pause(100)) {
    const answer = await fetch(`${url}/health/ready`).catch(() => undefined);
    if (answer?.ok) return;
    if (Date.now() > deadline || server.exitCode !== null) throw new Error('The server to be fuzzed is not ready.');
  }
}

async function freePort() {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address();
  probe.close();
  await once(probe, 'close');
  return port;
}
