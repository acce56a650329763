import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { PROJECT } from '../../../../tools/stack/settings.ts';
import { CloseQueue } from '../../../application/commands/close-queue.command.ts';
import { ConfigureQueue } from '../../../application/commands/configure-queue.command.ts';
import { PauseQueue } from '../../../application/commands/pause-queue.command.ts';
import { PostNotice } from '../../../application/commands/post-notice.command.ts';
import { ResumeQueue } from '../../../application/commands/resume-queue.command.ts';
import { FatalError, QueueError } from '../../../application/errors.ts';
import type { SchemaFinding } from '../../../application/ports/event-schemas.port.ts';
import type { CliContext } from './cli-context.ts';
import { runCommandLine } from './run-command-line.ts';

const receipt = { topic: 'queue.entry', partition: 7, offset: 41 };
const POLICY = { capacity: 5, admissionsPerMinute: 60, claimWindowSeconds: 30, activeWindowSeconds: 300 };
let printed: string[];
let warned: string[];
let received: unknown[];

beforeEach(() => {
  printed = [];
  warned = [];
  received = [];
});

/** Runs a command line in a context that has the given members and records the output. */
function run(line: readonly string[], given: Partial<CliContext> = {}): Promise<number> {
  const context = { print: (text: string) => printed.push(text), warn: (text: string) => warned.push(text), ...given };
  return runCommandLine(line, context as unknown as CliContext);
}

/** A context that records the commands and queries and answers each with a receipt. */
const recording: Partial<CliContext> = {
  concertId: (text) => text,
  policy: async (json) => {
    received.push(json);
    return {} as Awaited<ReturnType<CliContext['policy']>>;
  },
  withUseCases: (writes, work) => {
    const execute = (message: unknown) => {
      received.push(writes ? 'writing' : 'reading', message);
      return Promise.resolve({ receipt });
    };
    return work({ commands: { execute }, queries: { execute } } as unknown as Parameters<typeof work>[0]);
  },
};
const finding: SchemaFinding = {
  severity: 'error',
  record: 'QueuePaused',
  field: 'concertId',
  rule: 'FIELD_REMOVED',
  message: 'it is gone',
};
const contextWithFindings = (...found: SchemaFinding[]): Partial<CliContext> => ({
  schemas: async () => ({
    check: () => found,
    checkAgainstRegistry: () => Promise.resolve([]),
    register: () => Promise.resolve(new Map([['QueuePaused', 3]])),
  }),
});

describe('a command line', () => {
  test('prints the help', async () => {
    expect(await run(['--help'])).toBe(0);
    expect(printed.join('\n')).toContain('schemas');
    expect(await run(['queue', 'configure', '--help'])).toBe(0);
    expect(printed.join('\n')).toContain('--admissions-per-minute <n>');
    expect(warned).toEqual([]);
  });

  test('prints the version of the package', async () => {
    const { version } = JSON.parse(readFileSync(join(PROJECT, 'package.json'), 'utf8'));
    expect(await run(['--version'])).toBe(0);
    expect(printed).toEqual([version]);
  });

  test.each([
    ['an unknown command', ['dance'], "unknown command 'dance'"],
    ['an unknown option', ['topics', 'create', '--fast'], "unknown option '--fast'"],
    ['a missing option', ['queue', 'show'], "required option '--concert <id>' not specified"],
    [
      'an option given twice',
      ['queue', 'pause', '--concert', 'c1', '--concert', 'c2'],
      "option '--concert <id>' can be given only once",
    ],
    ['an argument too many', ['topics', 'create', 'all'], 'too many arguments'],
  ])('with %s fails with status 2 and one line', async (_, line, message) => {
    expect(await run(line)).toBe(2);
    expect(warned).toHaveLength(1);
    expect(warned[0]).toMatch(/^concert-queue: [^\n]*$/);
    expect(warned[0]).toContain(message);
    expect(printed).toEqual([]);
  });

  test('without a subcommand prints the subcommands to standard error', async () => {
    expect(await run(['queue'])).toBe(2);
    expect(warned.join('\n')).toContain('configure');
    expect(printed).toEqual([]);
  });

  test('that fails prints the error code in one line', async () => {
    const withUseCases = () => Promise.reject(new QueueError('CONCERT_NOT_FOUND', 'No such concert.'));
    expect(await run(['queue', 'show', '--concert', 'c1'], { ...recording, withUseCases })).toBe(1);
    expect(warned).toEqual(['concert-queue: CONCERT_NOT_FOUND: No such concert.']);
  });

  test('that fails with a fatal error prints the reason', async () => {
    const settings = () => {
      throw new FatalError('Invalid settings: PORT must be an integer.');
    };
    expect(await run(['settings', 'check'], { settings })).toBe(1);
    expect(warned).toEqual(['concert-queue: Invalid settings: PORT must be an integer.']);
  });

  test('rethrows unexpected errors', async () => {
    const settings = () => {
      throw new TypeError('a bug');
    };
    await expect(run(['settings', 'check'], { settings })).rejects.toThrow('a bug');
  });
});

describe('queue', () => {
  const options = Object.entries(POLICY).flatMap(([name, value]) => [
    `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`,
    `${value}`,
  ]);
  const notice = ['queue', 'notice', '--concert', 'c1'];
  const configure = (...line: string[]) => run(['queue', 'configure', '--concert', 'c1', ...line], recording);

  test('configure accepts each field of the policy as an option', async () => {
    expect(await configure(...options, '--opens-at', '2026-12-01T11:00:00Z', '--before-opening', 'draw')).toBe(0);
    const policy = { ...POLICY, opensAt: '2026-12-01T11:00:00Z', beforeOpening: 'draw' };
    expect(received).toEqual([policy, 'writing', new ConfigureQueue('c1', {} as never)]);
  });

  test('configure accepts the policy as JSON, but not together with options', async () => {
    expect(await configure('--policy', JSON.stringify(POLICY))).toBe(0);
    expect(received[0]).toEqual(POLICY);
    expect(await configure('--policy', '{}', '--capacity', '3')).toBe(1);
    expect(warned.at(-1)).toMatch(/^concert-queue: INVALID_REQUEST: --policy cannot be mixed/);
    expect(await configure('--policy', '{')).toBe(1);
    expect(warned.at(-1)).toBe('concert-queue: INVALID_REQUEST: --policy is not valid JSON');
  });

  test('configure leaves the validation of values to the policy schema', async () => {
    expect(await configure('--capacity', 'many', '--maximum-waiting', '1.5', '--minimum-balance', '-1')).toBe(0);
    expect(received[0]).toEqual({ capacity: 'many', maximumWaiting: 1.5, minimumBalance: -1 });
  });

  test.each([
    ['pause', PauseQueue],
    ['resume', ResumeQueue],
    ['close', CloseQueue],
  ])('%s sends the same command as the API', async (action, command) => {
    expect(await run(['queue', action, '--concert', 'c1'], recording)).toBe(0);
    expect(received).toStrictEqual(['writing', new command('c1')]);
    expect(printed).toEqual(['In the log at offset 41 of queue.entry/7; it takes effect once it is projected.']);
  });

  test('notice sends the texts of all languages', async () => {
    expect(await run([...notice, '--text', 'en=Late: 1 + 1 = 2', '--text', 'ko=지연'], recording)).toBe(0);
    expect(received).toStrictEqual(['writing', new PostNotice('c1', { en: 'Late: 1 + 1 = 2', ko: '지연' })]);
  });

  test('notice removes the notice with --remove', async () => {
    expect(await run([...notice, '--remove'], recording)).toBe(0);
    expect(received).toStrictEqual(['writing', new PostNotice('c1', {})]);
  });

  test.each([
    ['neither texts nor --remove', [], 'Give either --text'],
    ['both', ['--remove', '--text', 'en=Late.'], 'Give either --text'],
    ['a text without a language', ['--text', 'Late.'], '--text must be <language>=<text>'],
    ['an empty language', ['--text', '=Late.'], '--text must be <language>=<text>'],
    ['a language twice', ['--text', 'en=Late.', '--text', 'en=Later.'], '--text has the language en more than once'],
  ])('notice with %s fails', async (_, line, message) => {
    expect(await run([...notice, ...line], recording)).toBe(1);
    expect(warned).toEqual([expect.stringContaining(`concert-queue: INVALID_REQUEST: ${message}`)]);
    expect(received).toEqual([]);
  });

  test('prints JSON with --json', async () => {
    await run(['queue', 'pause', '--concert', 'c1', '--json'], recording);
    expect(JSON.parse(printed.join('\n'))).toEqual({ receipt });
  });
});

describe('schemas', () => {
  test('check succeeds without errors', async () => {
    expect(await run(['schemas', 'check'], contextWithFindings())).toBe(0);
    expect(printed).toEqual(['The schemas are compatible with every released version.']);
    expect(await run(['schemas', 'check'], contextWithFindings({ ...finding, severity: 'note' }))).toBe(0);
  });

  test('check fails on a broken rule and prints it', async () => {
    expect(await run(['schemas', 'check'], contextWithFindings(finding))).toBe(1);
    expect(printed.join()).toContain('error: QueuePaused.concertId: FIELD_REMOVED: it is gone');
    expect(await run(['schemas', 'check', '--json'], contextWithFindings(finding))).toBe(1);
    expect(JSON.parse(printed.at(-1) ?? '')).toEqual({ compatible: false, findings: [finding] });
  });

  test('check can use the versions in the registry instead', async () => {
    expect(await run(['schemas', 'check', '--against-registry'], contextWithFindings(finding))).toBe(0);
    expect(printed).toEqual(['The schemas are compatible with every registered version.']);
  });

  test('register prints the ids', async () => {
    expect(await run(['schemas', 'register', '--json'], contextWithFindings())).toBe(0);
    expect(JSON.parse(printed.join())).toEqual({ QueuePaused: 3 });
  });
});

test('topics create prints created and existing topics', async () => {
  const ensureTopics = () => Promise.resolve({ created: ['queue.entry'], present: ['queue.entry.DLT'] });
  expect(await run(['topics', 'create'], { ensureTopics })).toBe(0);
  expect(printed).toEqual(['created queue.entry\nqueue.entry.DLT already exists']);
});

test('stack passes its options to the tool and returns its status', async () => {
  const stack = (args: readonly string[]) => {
    received.push(args);
    return Promise.resolve(args[0] === 'status' ? 1 : 0);
  };
  expect(await run(['stack', 'up', '--native'], { stack })).toBe(0);
  expect(await run(['stack', 'status', '--json'], { stack })).toBe(1);
  expect(received).toEqual([
    ['up', '--native'],
    ['status', '--json'],
  ]);
});
