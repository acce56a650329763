import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect } from '@jest/globals';
import type { EventCodec } from '../../../application/ports/event-codec.port.ts';
import { eventLogSuite } from '../../../application/ports/event-log.contract.ts';
import { LocalLog } from './local-log.ts';
import { SqliteEventLog } from './sqlite-event-log.ts';
import { SqliteLogReader } from './sqlite-log-reader.ts';

const json: EventCodec = {
  encode: (event) => Buffer.from(JSON.stringify(event)),
  fingerprintOf: () => '',
  decode: () => {
    throw new Error('not used: these tests read bytes');
  },
};

const TOPIC = { topic: 'queue.entry', partitions: 4 };

/** Program of a child process. It polls the file in a busy loop, so that it is killed before it receives the acknowledgement. */
const DIES_UNANSWERED = `
  const [directory, partition, key, value] = process.argv.slice(2);
  const { LocalLog } = await import(${JSON.stringify(new URL('./local-log.ts', import.meta.url))});
  const log = new LocalLog({ directory, ...${JSON.stringify(TOPIC)} });
  log.open();
  const end = log.writer.end('record', +partition);
  log.writer.write('record', +partition, [{ key: Buffer.from(key), value: Buffer.from(value) }]);
  while (log.stream('record').end(+partition).next === end);
  process.kill(process.pid, 'SIGKILL');`;

describe('the log in a file', () => {
  eventLogSuite(async () => {
    const directory = mkdtempSync(join(tmpdir(), 'local-log-'));
    const file = new LocalLog({ directory, ...TOPIC });
    file.open();
    const log = new SqliteEventLog(file, json);
    return {
      log,
      reader: new SqliteLogReader(file),
      crash: async (event) => {
        await file.close();
        const program = join(directory, 'dies-unanswered.mjs');
        writeFileSync(program, DIES_UNANSWERED);
        const record = [`${event.userId}:${event.concertId}`, json.encode(event).toString()];
        const args = [program, directory, `${log.partitionOf(event.concertId)}`, ...record];
        const flags = ['--experimental-transform-types', '--no-warnings'];
        const died = promisify(execFile)(process.execPath, [...flags, ...args], { timeout: 30_000 });
        await expect(died).rejects.toMatchObject({ signal: 'SIGKILL' });
        file.open();
      },
      stop: () => log.stop(),
      close: async () => {
        await file.close();
        rmSync(directory, { recursive: true });
      },
    };
  });
});
