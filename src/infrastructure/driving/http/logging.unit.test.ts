import { describe, expect, test } from '@jest/globals';
import { PinoLogger } from 'nestjs-pino';
import { createLogger } from './logging.ts';

const INNER = ['InstanceLoader', 'RoutesResolver', 'RouterExplorer', 'GraphQLModule'];

function lines(level: string): {
  readonly logger: ReturnType<typeof createLogger>;
  readonly read: () => Record<string, unknown>[];
} {
  const written: string[] = [];
  const logger = createLogger(level, { write: (line: string) => void written.push(line) });
  return { logger, read: () => written.map((line): Record<string, unknown> => JSON.parse(line)) };
}

describe('the log', () => {
  test('is one line of JSON a message, with its context; of the workings of Nest at debug level alone', () => {
    const { logger, read } = lines('info');
    const tell = () => {
      logger.nest.log('listening', 'main');
      for (const context of INNER) logger.nest.log('as at every start', context);
      logger.nest.debug?.('not told at info', 'main');
    };
    const listening = expect.objectContaining({ level: 30, msg: 'listening', context: 'main' });
    tell();
    expect(read()).toEqual([listening]);
    PinoLogger.root.level = 'debug'; // the one that Nest's logger of a process writes to: that of its first
    tell();
    expect(read().slice(1)).toEqual([
      listening,
      ...INNER.map((context) => expect.objectContaining({ level: 20, msg: 'as at every start', context })),
      expect.objectContaining({ level: 20, msg: 'not told at info' }),
    ]);
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
