import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { PROJECT } from '../stack/settings.ts';

/**
 * Many clients connect at once: many emitters with two listeners each survive. Then requests come and go, each with 4 KiB
 * behind such listeners. Prints the share of their bytes that has moved to the old generation.
 */
const PROGRAM = `
  const { EventEmitter } = require('node:events');
  const { getHeapSpaceStatistics } = require('node:v8');
  const REQUESTS = 50_000;
  const BYTES = 4_096;
  const old = () => getHeapSpaceStatistics().find((space) => space.space_name === 'old_space').space_used_size;
  const heard = (bytes) => {
    const emitter = new EventEmitter();
    const kept = new Array(bytes / 8).fill(0.5);
    return emitter.on('close', () => kept.length).on('close', () => kept.length);
  };
  const connected = Array.from({ length: 200_000 }, () => heard(8));
  let moved = 0;
  let last = old();
  for (let count = 1; count <= REQUESTS; count++) {
    heard(BYTES);
    if (count % 100 > 0) continue;
    moved += Math.max(0, old() - last);
    last = old();
  }
  console.log(connected.length > 0 && moved / (REQUESTS * BYTES));
`;
const launcher = readFileSync(join(PROJECT, 'tools', 'launch', 'run.mjs'), 'utf8');
const [, heap = ''] = /^const HEAP = \[(.*)\];$/m.exec(launcher) ?? [];
const flags = [...heap.matchAll(/'([^']+)'/g)].map(([, flag = '']) => flag);

test('collects the garbage of requests, also after many clients connected at once (ADR 32)', () => {
  const share = Number(execFileSync(process.execPath, [...flags, '--eval', PROGRAM], { encoding: 'utf8' }));
  expect(flags).not.toHaveLength(0);
  expect(share).toBeLessThan(0.4);
});
