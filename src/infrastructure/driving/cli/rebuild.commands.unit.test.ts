import { describe, expect, test } from '@jest/globals';
import { FollowRebuild } from '../../../application/operations/request-rebuild.ts';
import type { RebuildProgress } from '../../../application/ports/rebuild-requests.port.ts';
import { INITIAL_PROGRESS } from '../../../application/projection/rebuild-progress.ts';
import type { CliContext } from './cli-context.ts';
import { ProgressLine } from './progress-line.ts';
import { runCommandLine } from './run-command-line.ts';

const folding: RebuildProgress = {
  ...INITIAL_PROGRESS,
  state: 'folding',
  events: 250_000,
  targetEvents: 1_000_000,
  eventsPerSecond: 100_000,
};
const writing: RebuildProgress = { ...folding, state: 'writing', events: 1_000_000, concerts: 3, targetConcerts: 10 };
const done: RebuildProgress = { ...writing, state: 'done', concerts: 10 };

/** Runs `projections rebuild` for one partition, whose progress is the next step at each poll. */
async function runRebuild(steps: readonly RebuildProgress[], ...options: string[]) {
  const [printed, shown]: [string[], string[]] = [[], []];
  let id = '';
  let step = 0;
  const follow = new FollowRebuild({
    request: async (_partition, requestId) => {
      id = requestId;
      return 'accepted';
    },
    latest: async () => {
      const progress = steps[Math.min(step++, steps.length - 1)] ?? INITIAL_PROGRESS;
      return { id, concertId: undefined, progress, owner: 'host:1', sinceReportMs: 0 };
    },
    report: async () => true,
  });
  const context: Pick<CliContext, 'print' | 'warn' | 'progress' | 'withMaintenance'> = {
    print: (text) => void printed.push(text),
    warn: (text) => void printed.push(text),
    progress: (text) => void shown.push(text),
    withMaintenance: (work) => work({ partitions: 1, rebuild: follow } as Parameters<typeof work>[0]),
  };
  const status = await runCommandLine(['projections', 'rebuild', ...options], context as CliContext);
  return { status, printed, shown };
}

describe('projections rebuild', () => {
  test('shows events, rate and remaining time, then the written views, then removes the line', async () => {
    const { status, printed, shown } = await runRebuild([folding, writing, done]);
    expect(shown).toEqual([
      `[${'#'.repeat(5)}${'.'.repeat(25)}] 17% partition 0: 250000 of 1000000 events, 100000/s, 8 s left`,
      `[${'#'.repeat(24)}${'.'.repeat(6)}] 78% partition 0: 3 of 10 views written`,
      `[${'#'.repeat(30)}] 100%`,
      '',
    ]);
    expect(printed).toEqual(['partition 0: 1000000 events folded (100000/s), 10 views replaced']);
    expect(status).toBe(0);
  });

  test('shows no remaining time while the rate is 0', async () => {
    const { shown } = await runRebuild([{ ...folding, eventsPerSecond: 0 }, done]);
    expect(shown[0]).toMatch(/250000 of 1000000 events, 0\/s$/);
  });

  test('with --json, prints the outcome with its public field names and no progress', async () => {
    const failed: RebuildProgress = { ...folding, state: 'failed', reason: 'the partition went to another process' };
    const { status, printed, shown } = await runRebuild([folding, failed], '--json');
    expect([status, shown]).toEqual([1, []]);
    expect(JSON.parse(printed.join(''))).toEqual({
      refused: false,
      partitions: [
        {
          partition: 0,
          state: 'failed',
          reason: failed.reason,
          events: 250_000,
          eventsInAll: 1_000_000,
          eventsPerSecond: 100_000,
          concerts: 0,
          concertsInAll: 0,
          mended: [],
        },
      ],
    });
  });
});

describe('a progress line', () => {
  const written = (isTTY: boolean, ...updates: readonly (readonly [time: number, text: string])[]): string => {
    let [out, now] = ['', 0];
    const line = new ProgressLine({ isTTY, write: (text) => (out += text) }, () => now);
    for (const [time, text] of updates) {
      now = time;
      line.show(text);
    }
    return out;
  };

  test('is overwritten on a terminal and removed at the end', () => {
    expect(written(true, [0, 'one'], [250, 'two'], [500, ''])).toBe('\r\x1b[2Kone\r\x1b[2Ktwo\r\x1b[2K');
  });

  test('is a new line every 5 seconds elsewhere, and absent for short commands', () => {
    expect(written(false, [0, 'one'], [4_999, 'two'], [5_000, ''])).toBe('');
    expect(written(false, [0, 'one'], [5_000, 'two'], [5_250, 'three'], [10_000, 'four'], [10_001, ''])).toBe(
      'two\nfour\n',
    );
  });
});
