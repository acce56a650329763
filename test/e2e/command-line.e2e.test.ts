import { beforeAll, describe, expect, test } from '@jest/globals';
import { cli, cliJson, failure } from '../support/command-line.ts';
import { eventually } from '../support/eventually.ts';
import { Installation } from '../support/installation.ts';
import { testResources } from '../support/test-resources.ts';

const POLICY = { capacity: 5, admissionsPerMinute: 60, claimWindowSeconds: 30, activeWindowSeconds: 300 };
const resources = testResources();
let installation: Installation;

beforeAll(async () => {
  installation = resources.use(await Installation.create());
});

const run = (line: string) => cli(installation, line);
const json = (line: string) => cliJson(installation, line);

describe('the command line', () => {
  test('configures, pauses, resumes and closes a queue of running servers', async () => {
    const api = installation.apiOf(await installation.start());
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
    const shown = await Promise.all([
      json('queue show --concert c1'),
      run('queue show --concert c1'),
      run('queue show --concert c2'),
      run('queue pause --concert c2'),
    ]);
    expect(shown).toEqual([
      expect.objectContaining({ state: 'CLOSED', policy: expect.objectContaining({ capacity: 9 }) }),
      { status: 0, out: expect.stringMatching(/^state +CLOSED$/m), err: '' },
      failure('CONCERT_NOT_FOUND'),
      failure('CONCERT_NOT_FOUND'),
    ]);
    await eventually(async () => (await api.requestEntry('c1', 'ann')).status === 409);
  }, 120_000);

  test('reports the error in a policy or concert id', async () => {
    const draw = JSON.stringify({ ...POLICY, beforeOpening: 'draw' });
    const [policy, drawn, concert, nothing] = await Promise.all([
      run('queue configure --concert c1 --capacity 0 --admissions-per-minute 60'),
      run(`queue configure --concert c1 --policy ${draw}`),
      run('queue show --concert a/b'),
      run('queue show'),
    ]);
    expect(policy.err).toMatch(/^concert-queue: INVALID_REQUEST: --[a-z-]+[^\n]*\n$/);
    expect([drawn, concert]).toEqual([failure('INVALID_REQUEST'), failure('INVALID_REQUEST')]);
    expect(nothing).toMatchObject({ status: 2, out: '' });
  }, 60_000);

  test('checks the settings without printing secrets', async () => {
    const [right, wrong] = await Promise.all([
      cliJson(installation, 'settings check', { REDIS_URL: 'redis://:hush-hush@127.0.0.1:6379' }),
      cli(installation, 'settings check', { PORT: 'no-port', ADMIN_TOKEN: 'short-secret' }),
    ]);
    const rows = JSON.stringify(right);
    expect(rows).toContain('"source":"environment"');
    expect(rows).not.toContain(installation.adminToken);
    expect(rows).not.toContain('hush');
    expect(wrong).toMatchObject({ status: 1, out: '' });
    expect(wrong.err).toMatch(/^concert-queue: Invalid settings: [^\n]*PORT[^\n]*\n$/);
    expect(wrong.err).not.toMatch(/no-port|short-secret/);
  }, 60_000);
});
