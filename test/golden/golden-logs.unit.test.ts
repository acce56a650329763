import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { FOLD_VERSION } from '../../src/domain/queue-snapshot.ts';
import { digestOf, type GoldenLog } from './golden-log.ts';

const logs = readdirSync(import.meta.dirname)
  .filter((name) => /^fold-v\d+\.json$/.test(name))
  .map((name): GoldenLog => JSON.parse(readFileSync(`${import.meta.dirname}/${name}`, 'utf8')));

describe('the golden logs', () => {
  test('hold one of the current fold version (npm run golden:record)', () => {
    expect(logs.map(({ foldVersion }) => foldVersion)).toContain(FOLD_VERSION);
  });

  test.each(logs)('of fold version $foldVersion still fold, those of the current one to the same states', (log) => {
    const digests = log.queues.map(({ events }) => digestOf(events));
    if (log.foldVersion !== FOLD_VERSION) return; // another version may come to other states: that is what the number says
    expect(digests).toEqual(log.queues.map(({ digest }) => digest));
  });

  test('come by every kind of event, and by redrives', () => {
    for (const { queues } of logs) {
      const events = queues.flatMap((queue) => queue.events);
      expect(new Set(events.map(({ event }) => event.type)).size).toBe(13);
      expect(events.filter(({ at }) => at.redriveOf).length).toBeGreaterThan(50);
    }
  });
});
