import { describe, expect, test } from '@jest/globals';
import { PinoLogger } from 'nestjs-pino';
import { createLogger } from './logging.ts';

const NEST_CONTEXTS = ['InstanceLoader', 'RoutesResolver', 'RouterExplorer', 'GraphQLModule'];

function lines(level: string): {
  readonly logger: ReturnType<typeof createLogger>;
  readonly read: () => Record<string, unknown>[];
} {
  const written: string[] = [];
  const logger = createLogger(level, { write: (line: string) => void written.push(line) });
  return { logger, read: () => written.map((line): Record<string, unknown> => JSON.parse(line)) };
}

describe('the log', () => {
  test('writes one JSON line per message with its context, and startup messages of Nest at debug level only', () => {
    const { logger, read } = lines('info');
    const logMessages = () => {
      logger.nest.log('listening', 'main');
      for (const context of NEST_CONTEXTS) logger.nest.log('startup message', context);
      logger.nest.debug?.('debug message', 'main');
    };
    const listening = expect.objectContaining({ level: 30, msg: 'listening', context: 'main' });
    logMessages();
    expect(read()).toEqual([listening]);
    PinoLogger.root.level = 'debug'; // the root logger that Nest's logger of this process uses
    logMessages();
    expect(read().slice(1)).toEqual([
      listening,
      ...NEST_CONTEXTS.map((context) => expect.objectContaining({ level: 20, msg: 'startup message', context })),
      expect.objectContaining({ level: 20, msg: 'debug message' }),
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
