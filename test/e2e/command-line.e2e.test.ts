import { spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { PROJECT, stackSettings } from '../../tools/stack/settings.ts';
import { buildIfStale, NODE } from '../support/build.ts';
import { eventually } from '../support/eventually.ts';
import { Installation } from '../support/installation.ts';

const POLICY = { capacity: 5, admissionsPerMinute: 60, claimWindowSeconds: 30, activeWindowSeconds: 300 };
const DEADLINE_MS = 60_000;
let installation: Installation;

beforeAll(async () => {
  await buildIfStale();
  installation = await Installation.create();
}, 180_000);
afterAll(() => installation.close(), 30_000);

interface Ended {
  readonly status: number;
  readonly out: string;
  readonly err: string;
}

/** Runs the built program as a user would, with the installation's settings and these. */
async function cli(line: string, settings: Readonly<Record<string, string>> = {}): Promise<Ended> {
  const { PATH = '', HOME = '' } = process.env;
  const ports = Object.fromEntries(Object.entries(process.env).filter(([name]) => name.startsWith('STACK_')));
  const stack = { ...ports, STACK_DIRECTORY: stackSettings().directory };
  const child = spawn(NODE, [join(PROJECT, 'dist', 'cli.js'), ...line.split(' ')], {
    env: { PATH, HOME, ...stack, ...installation.settings, ...settings },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: DEADLINE_MS / 2,
    killSignal: 'SIGKILL',
  });
  const status = new Promise<number>((resolve) => child.once('close', (code) => resolve(code ?? -1)));
  const [out, err] = await Promise.all([text(child.stdout), text(child.stderr)]);
  return { status: await status, out, err };
}

/** What a command that did its work printed as JSON. */
async function json(line: string, settings: Readonly<Record<string, string>> = {}): Promise<unknown> {
  const { status, out, err } = await cli(`${line} --json`, settings);
  expect({ status, err }).toEqual({ status: 0, err: '' });
  return JSON.parse(out);
}

const failure = (code: string) => ({
  status: 1,
  out: '',
  err: expect.stringMatching(new RegExp(`^concert-queue: ${code}: [^\\n]+\\n$`)),
});

describe('the command line', () => {
  test('creates the topics once', async () => {
    const { topic, deadLetterTopic } = installation.names;
    expect(await json('topics create')).toEqual({ created: [topic, deadLetterTopic], present: [] });
    expect(await json('topics create')).toEqual({ created: [], present: [topic, deadLetterTopic] });
    const other = await cli('topics create', { QUEUE_PARTITIONS: '7' });
    expect(other).toMatchObject({ status: 1, out: '' });
    expect(other.err).toMatch(/^concert-queue: .*QUEUE_PARTITIONS.*\n$/);
  }, 60_000);

  test('registers and checks the schemas', async () => {
    const events = readdirSync(join(PROJECT, 'schemas')).filter((name) => name.endsWith('.avsc'));
    expect(Object.keys((await json('schemas register')) as object).sort()).toEqual(
      events.map((name) => name.replace('.avsc', '')).sort(),
    );
    expect(await json('schemas check')).toMatchObject({ compatible: true });
    expect(await json('schemas check --against-registry')).toEqual({ compatible: true, findings: [] });
  }, 60_000);

  test('opens, pauses, resumes and closes a queue that servers serve', async () => {
    const server = await installation.start();
    const api = installation.apiOf(server);
    const policy = JSON.stringify(POLICY);
    expect(await json(`queue configure --concert c1 --policy ${policy}`)).toMatchObject({
      state: 'OPEN',
      policy: POLICY,
    });
    const options = '--capacity 9 --admissions-per-minute 60 --claim-window-seconds 30 --active-window-seconds 300';
    expect(await json(`queue configure --concert c1 ${options}`)).toMatchObject({ policy: { ...POLICY, capacity: 9 } });
    expect(await json('queue pause --concert c1')).toMatchObject({ concertId: 'c1', state: 'PAUSED' });
    expect(await json('queue resume --concert c1')).toMatchObject({ state: 'OPEN' });
    expect(await json('queue close --concert c1')).toMatchObject({ state: 'CLOSED' });
    expect(await json('queue show --concert c1')).toMatchObject({ state: 'CLOSED', policy: { capacity: 9 } });
    expect((await cli('queue show --concert c1')).out).toMatch(/^state +CLOSED$/m);
    await eventually(async () => (await api.requestEntry('c1', 'ann')).status === 409);
    expect(await cli('queue show --concert c2')).toEqual(failure('CONCERT_NOT_FOUND'));
    expect(await cli('queue pause --concert c2')).toEqual(failure('CONCERT_NOT_FOUND'));
  }, 120_000);

  test('says what is wrong with a policy or a concert', async () => {
    const { err } = await cli('queue configure --concert c1 --capacity 0 --admissions-per-minute 60');
    expect(err).toMatch(/^concert-queue: INVALID_REQUEST: policy[^\n]*\n$/);
    const draw = JSON.stringify({ ...POLICY, beforeOpening: 'draw' });
    expect(await cli(`queue configure --concert c1 --policy ${draw}`)).toEqual(failure('INVALID_REQUEST'));
    expect(await cli('queue show --concert a/b')).toEqual(failure('INVALID_REQUEST'));
    expect(await cli('queue show')).toMatchObject({ status: 2, out: '' });
  }, 60_000);

  test('says which server is away, within seconds', async () => {
    const nowhere = '127.0.0.1:1';
    const [kafka, registry, redis] = await Promise.all([
      cli('topics create', { KAFKA_BROKERS: nowhere }),
      cli('schemas register', { SCHEMA_REGISTRY_URL: `http://${nowhere}` }),
      cli('queue show --concert c1', { REDIS_URL: `redis://${nowhere}` }),
    ]);
    expect(kafka).toEqual(failure('LOG_UNAVAILABLE'));
    expect(registry).toEqual(failure('LOG_UNAVAILABLE'));
    expect(redis).toEqual(failure('PROJECTION_UNAVAILABLE'));
  }, 60_000);

  test('checks the settings, and keeps secrets to itself', async () => {
    const rows = JSON.stringify(await json('settings check', { REDIS_URL: 'redis://:hush-hush@127.0.0.1:6379' }));
    expect(rows).toContain('"source":"environment"');
    expect(rows).not.toContain(installation.adminToken);
    expect(rows).not.toContain('hush');
    const wrong = await cli('settings check', { PORT: 'front-door', ADMIN_TOKEN: 'short-secret' });
    expect(wrong).toMatchObject({ status: 1, out: '' });
    expect(wrong.err).toMatch(/^concert-queue: Wrong settings: [^\n]*PORT[^\n]*\n$/);
    expect(wrong.err).not.toMatch(/front-door|short-secret/);
  }, 60_000);

  test('hands on to the local stack', async () => {
    const { status, out } = await cli('stack env');
    expect(status).toBe(0);
    expect(out).toMatch(/^KAFKA_BROKERS=/m);
  }, 60_000);
});
