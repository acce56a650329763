/** Runs `npm run demo`: it prints its addresses, and Ctrl-C ends it without leftovers. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, test } from '@jest/globals';
import { PROJECT } from '../../tools/stack/settings.ts';
import { NODE } from '../support/build.ts';
import { eventually } from '../support/eventually.ts';

test('runs simulated users and pages until it is interrupted', async () => {
  const { PATH = '', HOME = '' } = process.env;
  const env = { PATH, HOME, DEMO_FANS: '20', DEMO_MINUTES: '2' };
  const demo = spawn(NODE, ['tools/launch.mjs', 'demo'], { cwd: PROJECT, env, stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  for (const stream of [demo.stdout, demo.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => (said += text));
  const ended = once(demo, 'close');
  try {
    const addressOf = (whose: string) => new RegExp(`be ${whose} +(\\S+)`).exec(said)?.[1] ?? '';
    await eventually(() => addressOf('the operator') !== '', { within: 45_000 });
    const [page, operators] = await Promise.all([fetch(addressOf('one of them')), fetch(addressOf('the operator'))]);
    expect([page.status, operators.status]).toEqual([200, 200]);
    const room = new URL('/v1/concerts/demo/queue', addressOf('the operator'));
    await eventually(async () => {
      const { ready, active } = (await (await fetch(room)).json()) as { ready: number; active: number };
      return ready + active > 0;
    });
    demo.kill('SIGINT');
    expect([await ended, said]).toEqual([[0, null], expect.not.stringContaining('Error')]);
    await expect(fetch(room)).rejects.toThrow('fetch failed');
  } finally {
    demo.kill('SIGTERM');
    await ended;
  }
}, 120_000);
