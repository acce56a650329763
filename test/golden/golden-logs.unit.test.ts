import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { FOLD_VERSION } from '../../src/domain/queue-snapshot.ts';
import { digestOf, readGoldenLog } from './golden-log.ts';

const logs = readdirSync(import.meta.dirname)
  .filter((name) => /^fold-v\d+\.json$/.test(name))
  .map((name) => readGoldenLog(readFileSync(`${import.meta.dirname}/${name}`, 'utf8')));

describe('the golden logs', () => {
  test('include the current fold version (npm run golden:record)', () => {
    expect(logs.map(({ foldVersion }) => foldVersion)).toContain(FOLD_VERSION);
  });

  test.each(logs)('of fold version $foldVersion fold to the same states', (log) => {
    const digests = log.queues.map(({ events }) => digestOf(events, log.foldVersion));
    expect(digests).toEqual(log.queues.map(({ digest }) => digest));
  });

  test('contain every event type of their version, and from version 3 on redrives', () => {
    for (const { queues, foldVersion } of logs) {
      const events = queues.flatMap((queue) => queue.events);
      expect(new Set(events.map(({ event }) => event.type)).size).toBe(foldVersion < 3 ? 13 : 14);
      const redrives = events.filter(({ event, at }) => at.redriveOf && event.type === 'QueueEntryRequested');
      if (foldVersion < 3) expect(redrives).toEqual([]);
      else expect(redrives.length).toBeGreaterThan(50);
    }
  });
});
