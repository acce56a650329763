import { describe, expect, test } from '@jest/globals';
import { FatalError } from '../../../application/errors.ts';
import type { OutboxStatus } from '../../../application/ports/outbox.port.ts';
import type { CliContext } from './cli-context.ts';
import { runCommandLine } from './run-command-line.ts';

const busy: OutboxStatus = {
  backlog: 12,
  oldestSeconds: 3.26,
  publishedPerSecond: 40.04,
  lagMs: { p50: 12.4, p99: 80.9 },
  leader: 'host:7',
};
const idle: OutboxStatus = { backlog: 0, oldestSeconds: 0, publishedPerSecond: 0, lagMs: undefined, leader: undefined };

async function run(line: string, context: Partial<CliContext>): Promise<{ status: number; out: string; err: string }> {
  const [out, err]: string[][] = [[], []];
  const printing = { print: (text: string) => void out?.push(text), warn: (text: string) => void err?.push(text) };
  const status = await runCommandLine(line.split(' '), { ...printing, ...context } as CliContext); // the commands use no other member
  return { status, out: out?.join('\n') ?? '', err: err?.join('\n') ?? '' };
}

describe('relay status', () => {
  test('prints backlog, rate, lag and leader of the outbox', async () => {
    const { status, out } = await run('relay status', { outboxStatus: () => Promise.resolve(busy) });
    expect(status).toBe(0);
    expect(out.split('\n').map((row) => row.replace(/ +/g, ' '))).toEqual([
      'backlog 12 rows',
      'oldest 3.3 s',
      'published 40.0 rows/s over the last minute',
      'lag p50 12 ms, p99 81 ms',
      'leader host:7',
    ]);
  });

  test('prints null in JSON for a missing lag or leader', async () => {
    const { out } = await run('relay status --json', { outboxStatus: () => Promise.resolve(idle) });
    expect(JSON.parse(out)).toEqual({ ...idle, lagMs: null, leader: null });
    expect((await run('relay status', { outboxStatus: () => Promise.resolve(idle) })).out).toContain(
      'no relay is running',
    );
  });

  test('fails with one line if there is no database', async () => {
    const outboxStatus = () => Promise.reject(new FatalError('There is no database.'));
    expect(await run('relay status', { outboxStatus })).toEqual({
      status: 1,
      out: '',
      err: 'concert-queue: There is no database.',
    });
  });
});

test('database migrate prints the applied migrations', async () => {
  const migrateDatabase = (names: readonly string[]) => ({ migrateDatabase: () => Promise.resolve(names) });
  expect((await run('database migrate', migrateDatabase(['0001_a', '0002_b']))).out).toBe('ran 0001_a\nran 0002_b');
  expect((await run('database migrate', migrateDatabase([]))).out).toBe('The schema is up to date.');
});
