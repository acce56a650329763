import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { requirePrograms } from './install.ts';
import { holdingLock } from './lock.ts';
import { freePorts, requireFreePort } from './ports.ts';
import { findServer, startServer } from './process.ts';
import { applicationSettings, stackSettings } from './settings.ts';
import { ask } from './wire.ts';

describe('the settings of the stack', () => {
  test('name the servers by the application’s own settings', () => {
    expect(applicationSettings(stackSettings({ STACK_KAFKA_PORT: '29092' }))).toEqual({
      KAFKA_BROKERS: '127.0.0.1:29092',
      SCHEMA_REGISTRY_URL: 'http://127.0.0.1:18081/apis/ccompat/v7',
      REDIS_URL: 'redis://127.0.0.1:16379',
      DATABASE_URL: 'postgres://concert_queue@127.0.0.1:15432/concert_queue',
    });
  });
  test.each(['0', '70000', 'many'])('refuse %s as a port, by name', (port) => {
    expect(() => stackSettings({ STACK_REDIS_PORT: port })).toThrow('STACK_REDIS_PORT must be a port');
  });
});

describe('a port', () => {
  test('in use by another program is named with its component and the setting that changes it', async () => {
    const [port = 0] = await freePorts(1);
    const other = createServer();
    await new Promise<void>((listening) => other.listen(port, '127.0.0.1', listening));
    await expect(requireFreePort(port, 'redis', 'STACK_REDIS_PORT')).rejects.toThrow(
      `Port ${port} of redis is in use by another program. End that program, or choose another port: STACK_REDIS_PORT=<port>.`,
    );
    await new Promise((closed) => other.close(closed));
    await requireFreePort(port, 'redis', 'STACK_REDIS_PORT');
  });
});

describe('a missing program', () => {
  test.each([
    { system: 'a Mac', options: { isRoot: false, platform: 'darwin', isDebian: false }, command: 'brew install redis' },
    {
      system: 'a Debian without root',
      options: { isRoot: false, platform: 'linux', isDebian: true },
      command: 'sudo apt-get install -y redis-server',
    },
  ] as const)('is named on $system with the one command that installs it', ({ options, command }) => {
    const redis = { what: 'Redis', isMet: () => false, apt: 'redis-server', brew: 'redis' };
    expect(() => requirePrograms([redis], () => undefined, options)).toThrow(
      `Missing: Redis. Install with: ${command}`,
    );
  });
});

describe('in a folder of its own', () => {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'stack-test-'));
  });
  afterEach(() => rmSync(directory, { recursive: true, force: true }));

  test('a lock runs two actions one after the other', async () => {
    const file = join(directory, 'lock');
    let inside = 0;
    const most: number[] = [];
    const work = async (): Promise<void> => {
      most.push(++inside);
      await new Promise(setImmediate);
      inside--;
    };
    await Promise.all([1, 2, 3].map(() => holdingLock(file, 5_000, work)));
    expect(most).toEqual([1, 1, 1]);
  });
  test('a lock of a dead process is taken over', async () => {
    const file = join(directory, 'lock');
    writeFileSync(file, '1 started-long-ago');
    expect(await holdingLock(file, 5_000, () => Promise.resolve('mine'))).toBe('mine');
  });

  const echo = `require('net').createServer((s) => s.pipe(s)).listen(Number(process.argv[1]), '127.0.0.1')`;
  const server = (code: string, port: number) => ({
    name: 'echo',
    directory,
    command: process.execPath,
    args: ['-e', code, String(port)],
    answers: async () => (await ask(port, Buffer.from('?'), (bytes) => bytes.length > 0)).toString() === '?',
  });

  test('a running server is found by its process id', async () => {
    const [port = 0] = await freePorts(1);
    const started = await startServer(server(echo, port));
    expect(findServer('echo', directory)?.pid).toBe(started.pid);
    await findServer('echo', directory)?.stop();
    expect(started.isAlive()).toBe(false);
    expect(findServer('echo', directory)).toBeUndefined();
  });
  test('another process with the recorded id is not taken for the server', () => {
    writeFileSync(join(directory, 'echo.pid'), `${process.pid} started-long-ago\n`);
    expect(findServer('echo', directory)).toBeUndefined();
  });
  test('a server that fails to start is reported with the end of its log', async () => {
    const [port = 0] = await freePorts(1);
    const dying = startServer(server(`console.error('no disk'); process.exit(3)`, port));
    await expect(dying).rejects.toThrow(/echo ended with status 3\. .*\nno disk/s);
  });
});
