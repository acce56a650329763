import { describe, expect, test } from '@jest/globals';
import kafkajs from 'kafkajs';
import { deduplicatingLogger } from './deduplicating-logger.ts';
import { kafkajsLog } from './kafkajs-log.ts';

function recorder() {
  const said: string[] = [];
  const say = (level: string) => (message: string) => void said.push(`${level} ${message}`);
  return { said, log: { debug: say('debug'), info: say('info'), warn: say('warn'), error: say('error') } };
}

describe('the log', () => {
  test('says the same thing once in ten seconds, and how often it was left out', () => {
    const { said, log } = recorder();
    let now = 0;
    const quiet = deduplicatingLogger(log, () => now);
    for (let n = 0; n < 50; n++) quiet.warn('away');
    quiet.info('away');
    quiet.warn('something else');
    now = 10_000;
    quiet.warn('away');
    expect(said).toEqual(['warn away', 'info away', 'warn something else', 'warn away (and 49 times more)']);
  });

  test('hands on what kafkajs says, in one line and never louder than a warning', () => {
    const { said, log } = recorder();
    kafkajsLog(log)(kafkajs.logLevel.WARN)({
      namespace: 'Connection',
      level: kafkajs.logLevel.ERROR,
      label: 'ERROR',
      log: { timestamp: '', message: 'Connection error', broker: 'b:1', error: 'refused', stack: 'at ...' },
    });
    expect(said).toEqual(['warn kafkajs Connection: Connection error: refused (b:1)']);
  });
});
