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

async function told(
  line: string,
  services: Partial<CliContext>,
): Promise<{ status: number; out: string; err: string }> {
  const [out, err]: string[][] = [[], []];
  const printing = { print: (text: string) => void out?.push(text), warn: (text: string) => void err?.push(text) };
  const status = await runCommandLine(line.split(' '), { ...printing, ...services } as CliContext); // asked for no more than these
  return { status, out: out?.join('\n') ?? '', err: err?.join('\n') ?? '' };
}

describe('relay status', () => {
  test('tells how the outbox stands', async () => {
    const { status, out } = await told('relay status', { outboxStatus: () => Promise.resolve(busy) });
    expect(status).toBe(0);
    expect(out.split('\n').map((row) => row.replace(/ +/g, ' '))).toEqual([
      'backlog 12 rows',
      'oldest 3.3 s',
      'published 40.0 a second over the last minute',
      'lag 12 ms for half, 81 ms for 99 of 100',
      'leader host:7',
    ]);
  });

  test('tells programs the same, with null for what there is not', async () => {
    const { out } = await told('relay status --json', { outboxStatus: () => Promise.resolve(idle) });
    expect(JSON.parse(out)).toEqual({ ...idle, lagMs: null, leader: null });
    expect((await told('relay status', { outboxStatus: () => Promise.resolve(idle) })).out).toContain(
      'no relay is running',
    );
  });

  test('fails in one line without a database', async () => {
    const outboxStatus = () => Promise.reject(new FatalError('There is no database.'));
    expect(await told('relay status', { outboxStatus })).toEqual({
      status: 1,
      out: '',
      err: 'concert-queue: There is no database.',
    });
  });
});

test('database migrate says what it ran', async () => {
  const migrateDatabase = (names: readonly string[]) => ({ migrateDatabase: () => Promise.resolve(names) });
  expect((await told('database migrate', migrateDatabase(['0001_a', '0002_b']))).out).toBe('ran 0001_a\nran 0002_b');
  expect((await told('database migrate', migrateDatabase([]))).out).toBe('The schema is up to date.');
});
