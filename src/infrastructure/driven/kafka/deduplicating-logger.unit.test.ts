import { describe, expect, test } from '@jest/globals';
import kafkajs from 'kafkajs';
import { deduplicatingLogger } from './deduplicating-logger.ts';
import { kafkajsLog } from './kafkajs-log.ts';

function recorder() {
  const lines: string[] = [];
  const logAt = (level: string) => (message: string) => void lines.push(`${level} ${message}`);
  return { lines, log: { debug: logAt('debug'), info: logAt('info'), warn: logAt('warn'), error: logAt('error') } };
}

describe('the deduplicating logger', () => {
  test('logs the same message once in ten seconds, with the number of repeats', () => {
    const { lines, log } = recorder();
    let now = 0;
    const deduplicated = deduplicatingLogger(log, () => now);
    for (let n = 0; n < 50; n++) deduplicated.warn('unavailable');
    deduplicated.info('unavailable');
    deduplicated.warn('something else');
    now = 10_000;
    deduplicated.warn('unavailable');
    expect(lines).toEqual([
      'warn unavailable',
      'info unavailable',
      'warn something else',
      'warn unavailable (repeated 49 times)',
    ]);
  });

  test('logs messages of kafkajs in one line, at most as warnings', () => {
    const { lines, log } = recorder();
    kafkajsLog(log)(kafkajs.logLevel.WARN)({
      namespace: 'Connection',
      level: kafkajs.logLevel.ERROR,
      label: 'ERROR',
      log: { timestamp: '', message: 'Connection error', broker: 'b:1', error: 'refused', stack: 'at ...' },
    });
    expect(lines).toEqual(['warn kafkajs Connection: Connection error: refused (b:1)']);
  });
});
