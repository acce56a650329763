import { describe, expect, test } from '@jest/globals';
import kafkajs, { type LogEntry } from 'kafkajs';
import { kafkajsLog } from './kafkajs-log.ts';

function recorder() {
  const said: string[] = [];
  const say = (level: string) => (message: string) => void said.push(`${level} ${message}`);
  return { said, log: { debug: say('debug'), info: say('info'), warn: say('warn'), error: say('error') } };
}
const failed = (message: string): LogEntry => ({
  namespace: 'Connection',
  level: kafkajs.logLevel.ERROR,
  label: 'ERROR',
  log: { timestamp: '', message, broker: 'b:1' },
});

describe('the log of kafkajs', () => {
  test('says the same thing once in ten seconds, and how often it was left out', () => {
    const { said, log } = recorder();
    let now = 0;
    const write = kafkajsLog(log, () => now)(kafkajs.logLevel.WARN);
    for (let n = 0; n < 50; n++) write(failed('Connection error'));
    write(failed('something else'));
    now = 10_000;
    write(failed('Connection error'));
    expect(said).toEqual([
      'warn kafkajs Connection: Connection error (b:1)',
      'warn kafkajs Connection: something else (b:1)',
      'warn kafkajs Connection: Connection error (b:1) (and 49 more)',
    ]);
  });
});
