import { describe, expect, test } from '@jest/globals';
import { createLogger } from './logging.ts';

function lines(level: string): {
  readonly logger: ReturnType<typeof createLogger>;
  readonly read: () => Record<string, unknown>[];
} {
  const written: string[] = [];
  const logger = createLogger(level, { write: (line: string) => void written.push(line) });
  return { logger, read: () => written.map((line): Record<string, unknown> => JSON.parse(line)) };
}

describe('the log', () => {
  test('is one line of JSON a message, with its context', () => {
    const { logger, read } = lines('info');
    logger.nest.log('listening', 'main');
    logger.nest.debug?.('not told at info', 'main');
    expect(read()).toEqual([expect.objectContaining({ level: 30, msg: 'listening', context: 'main' })]);
  });

  test('never shows a token, a password or a phone number', () => {
    const { logger, read } = lines('info');
    logger.pino.info({
      headers: { authorization: 'Bearer hunter2' },
      request: { headers: { authorization: 'Bearer hunter2' } },
      entryToken: 'hunter2',
      body: { phoneNumber: 'hunter2', password: 'hunter2' },
    });
    expect(JSON.stringify(read())).not.toContain('hunter2');
    expect(JSON.stringify(read())).toContain('[redacted]');
  });
});
