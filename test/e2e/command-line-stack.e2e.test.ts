import { once } from 'node:events';
import { existsSync, readdirSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { PROJECT } from '../../tools/stack/settings.ts';
import { cli, cliJson, failure } from '../support/command-line.ts';
import { Installation } from '../support/installation.ts';
import { testResources } from '../support/test-resources.ts';

const resources = testResources();
let installation: Installation;

beforeAll(async () => {
  installation = resources.use(await Installation.create());
});

const run = (line: string, settings: Readonly<Record<string, string>> = {}) => cli(installation, line, settings);
const json = (line: string) => cliJson(installation, line);

describe('the command line and the servers of the stack', () => {
  test('creates the topics once', async () => {
    const { topic, deadLetterTopic, schemaTopic } = installation.names;
    expect(await json('topics create')).toEqual({ created: [topic, deadLetterTopic, schemaTopic], present: [] });
    expect(await json('topics create')).toEqual({ created: [], present: [topic, deadLetterTopic, schemaTopic] });
    const other = await run('topics create', { QUEUE_PARTITIONS: '7' });
    expect(other).toMatchObject({ status: 1, out: '' });
    expect(other.err).toMatch(/^concert-queue: .*QUEUE_PARTITIONS.*\n$/);
  }, 60_000);

  test('registers and checks the schemas', async () => {
    const events = readdirSync(join(PROJECT, 'schemas')).filter((name) => name.endsWith('.avsc'));
    expect(Object.keys((await json('schemas register')) as object).sort()).toEqual(
      events.map((name) => name.replace('.avsc', '')).sort(),
    );
    expect(await json('schemas check')).toMatchObject({ compatible: true });
    expect(await json('schemas check --against-registry')).toEqual({ compatible: true, findings: [] });
  }, 60_000);

  test('names the unavailable server within seconds', async () => {
    const nowhere = '127.0.0.1:1';
    const [kafka, registry, redis] = await Promise.all([
      run('topics create', { KAFKA_BROKERS: nowhere }),
      run('schemas register', { SCHEMA_REGISTRY_URL: `http://${nowhere}` }),
      run('queue show --concert c1', { REDIS_URL: `redis://${nowhere}` }),
    ]);
    expect(kafka).toEqual(failure('LOG_UNAVAILABLE'));
    expect(registry).toEqual(failure('LOG_UNAVAILABLE'));
    expect(redis).toEqual(failure('PROJECTION_UNAVAILABLE'));
  }, 60_000);

  test('ends when a broker accepts connections and never answers', async () => {
    const silent = createServer((socket) => void socket.on('error', () => undefined)).listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const { port } = silent.address() as AddressInfo;
    const lines = ['audit --concert c1', 'queue pause --concert c1', 'events show --concert c1', 'topics create'];
    try {
      const settings = { KAFKA_BROKERS: `127.0.0.1:${port}` };
      // A command that does not end is killed after 30 s, without a status.
      for (const result of await Promise.all(lines.map((line) => run(line, settings))))
        expect(result).toEqual(failure('LOG_UNAVAILABLE'));
    } finally {
      silent.close();
    }
  }, 60_000);

  test('creates no directory and no secrets to read', async () => {
    const directory = join(installation.directory, 'nothing');
    await run('queue show --concert c1', { DATA_DIRECTORY: directory });
    await run('settings check', { DATA_DIRECTORY: directory });
    expect(existsSync(directory)).toBe(false);
  }, 60_000);

  test('runs commands of the local stack', async () => {
    const { status, out } = await run('stack env');
    expect(status).toBe(0);
    expect(out).toMatch(/^KAFKA_BROKERS=/m);
  }, 60_000);
});
