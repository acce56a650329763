/** The embedded log on a host whose clock is set. */
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { granted } from '../support/api.ts';
import { eventually } from '../support/eventually.ts';
import { Installation } from '../support/installation.ts';
import { testResources } from '../support/test-resources.ts';

const C = 'seoul';
const HOUR_MS = 3_600_000;
const SHIFTED = `--import ${join(import.meta.dirname, '..', 'support', 'shifted-clock.mjs')}`;
const resources = testResources();

test('entries expire and others are called after the clock went back by an hour, which the start reports', async () => {
  const installation = resources.use(await Installation.create());
  const ahead = await installation.start({ NODE_OPTIONS: SHIFTED, CLOCK_SHIFT_MS: `${HOUR_MS}` });
  const before = installation.apiOf(ahead);
  granted(await before.configure(C, { capacity: 1, claimWindowSeconds: 5, admissionsPerMinute: 600 }));
  const first = granted(await before.requestEntry(C, 'ann'));
  const second = granted(await before.requestEntry(C, 'bo'));
  await eventually(async () => granted(await before.myEntry(C, first.entryToken)).state === 'READY');
  await ahead.stop();

  const server = await installation.start();
  expect(server.output).toMatch(
    /the clock of this host went back: the newest record of the log is 3\d\d\d s ahead of it/,
  );
  const api = installation.apiOf(server);
  await eventually(async () => granted(await api.myEntry(C, second.entryToken)).state === 'READY');
  expect(granted(await api.myEntry(C, first.entryToken)).state).toBe('EXPIRED');
}, 90_000);
