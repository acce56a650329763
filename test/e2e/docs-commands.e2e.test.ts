/** What the documents tell a newcomer to type, typed, and what they show beside it, held against what came. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { notWalked, type Step, stepsOf } from '../../tools/docs/console-blocks.ts';
import { documents } from '../../tools/docs/documents.ts';
import { comparedWith, filledIn } from '../../tools/docs/shown-output.ts';
import { freePorts } from '../../tools/stack/ports.ts';
import { stackSettings } from '../../tools/stack/settings.ts';
import { buildIfStale } from '../support/build.ts';
import { eventually } from '../support/eventually.ts';
import { Installation } from '../support/installation.ts';
import { writeRecords } from '../support/producer.ts';
import { Foreground, Shell } from '../support/shell.ts';

const COMMAND_WITHIN_MS = 30_000;
const SERVER_WITHIN_MS = 60_000;
/** The port that documents speak of. */
const PORT = /(?<=localhost:|127\.0\.0\.1:)3000\b/g;

/** What happens in a walk without a command of the reader. */
type Events = Readonly<Record<string, () => Promise<undefined>>>;

beforeAll(() => buildIfStale(), 180_000);

describe.each(['README.md', 'docs/operations.md'])('%s', (path) => {
  const [document] = documents([path]);
  const steps = document ? stepsOf(document) : [];
  let installation: Installation;
  let directory: string;
  let shell: Shell;
  let environment: Readonly<Record<string, string>>;
  const seen = new Map<string, string>();
  const servers: Foreground[] = [];

  beforeAll(async () => {
    installation = await Installation.create({ partitions: 12 });
    directory = await mkdtemp(join(tmpdir(), 'concert-queue-walk-'));
    const [port = 0] = await freePorts(1);
    const { PATH = '', HOME = '' } = process.env;
    const stack = Object.entries(process.env).filter(([name]) => name.startsWith('STACK_'));
    environment = {
      ...Object.fromEntries(stack.map(([name, value]) => [name, value ?? ''])),
      STACK_DIRECTORY: stackSettings().directory,
      npm_config_loglevel: 'error',
      PATH,
      HOME,
      PORT: `${port}`,
      DATA_DIRECTORY: directory,
      NAME_PREFIX: installation.prefix,
    };
    shell = new Shell(environment);
  });
  afterAll(async () => {
    for (const server of servers) await server.interrupt();
    await shell.close();
    await installation.close();
    await rm(directory, { recursive: true, force: true });
  }, 60_000);

  const events: Events = {
    'a stranger writes to the topic': async () => {
      const partition = installation.partitionOf('demo');
      await writeRecords(installation, [{ partition, key: 'x', value: Buffer.from('not an event') }]);
      return undefined;
    },
  };

  /** Takes the step. @returns what came of it where that is not what is shown */
  async function untrue(step: Step): Promise<object | undefined> {
    if (step.is === 'event') {
      const happens = events[step.what];
      return happens ? happens() : { nobodyKnows: step.what };
    }
    return step.is === 'server' ? begin(step.command, step.shown) : type(step.command, step.shown);
  }

  async function begin(command: string, shown: string): Promise<object | undefined> {
    const server = new Foreground(command, environment);
    servers.push(server);
    const isAsShown = () => comparedWith(here(shown), server.output) !== undefined;
    // What it has printed tells why it did not come so far.
    await eventually(() => !server.alive || isAsShown(), { within: SERVER_WITHIN_MS, every: 50 }).catch(
      () => undefined,
    );
    return server.alive && isAsShown() ? undefined : { shown, output: server.output, alive: server.alive };
  }

  async function type(command: string, shown: string): Promise<object | undefined> {
    const { output, status } = await shell.run(here(filledIn(command, seen)), COMMAND_WITHIN_MS);
    const found = comparedWith(here(shown), output);
    if (!found || status !== 0) return { shown, output, status };
    for (const [name, value] of found) seen.set(name, value);
    return undefined;
  }

  /** The text with this walk's port. */
  function here(text: string): string {
    return text.replaceAll(PORT, environment['PORT'] ?? '');
  }

  test('has all commands where they are walked', () => {
    expect(document && notWalked(document)).toEqual([]);
    expect(steps.length).toBeGreaterThan(1);
  });

  test.each(
    steps.map((step) => [step.line, step.is === 'event' ? step.what : step.command.split('\n')[0], step] as const),
  )('line %i: %s', async (_line, _words, step) => expect(await untrue(step)).toBeUndefined(), SERVER_WITHIN_MS + 5_000);

  test('leaves nothing behind when it is interrupted', async () => {
    for (const server of servers) await server.interrupt();
    await expect(fetch(`http://127.0.0.1:${environment['PORT']}/health/live`)).rejects.toThrow();
  }, 60_000);
});
