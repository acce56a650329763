import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe } from '@jest/globals';
import type { EventCodec } from '../../application/ports/event-codec.port.ts';
import { eventLogSuite } from '../../application/ports/event-log.suite.ts';
import { LocalLog } from './local-log.ts';
import { SqliteEventLog } from './sqlite-event-log.ts';
import { SqliteLogReader } from './sqlite-log-reader.ts';

const json: EventCodec = {
  encode: (event) => Buffer.from(JSON.stringify(event)),
  decode: () => {
    throw new Error('these tests read bytes');
  },
};

describe('the log in a file', () => {
  eventLogSuite(async () => {
    const directory = mkdtempSync(join(tmpdir(), 'local-log-'));
    const file = new LocalLog({ directory, topic: 'queue.entry', partitions: 4 });
    file.open();
    const log = new SqliteEventLog(file, json);
    return {
      log,
      reader: new SqliteLogReader(file),
      stop: () => log.stop(),
      close: async () => {
        await file.close();
        rmSync(directory, { recursive: true });
      },
    };
  });
});
