/** Executes the commands of the documents in order and compares their output with the output shown. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { commandsOutsideConsole, type Step, stepsOf } from '../../tools/docs/console-blocks.ts';
import { documents } from '../../tools/docs/documents.ts';
import { fillPlaceholders, matchOutput } from '../../tools/docs/shown-output.ts';
import { freePorts } from '../../tools/stack/ports.ts';
import { stackSettings } from '../../tools/stack/settings.ts';
import { buildIfStale } from '../support/build.ts';
import { eventually } from '../support/eventually.ts';
import { Installation } from '../support/installation.ts';
import { writeRecords } from '../support/producer.ts';
import { Foreground, Shell } from '../support/shell.ts';
import { testResources } from '../support/test-resources.ts';

const COMMAND_WITHIN_MS = 30_000;
const SERVER_WITHIN_MS = 60_000;
/** The port in the documents. */
const PORT = /(?<=localhost:|127\.0\.0\.1:)3000\b/g;

/** Events that happen without a command, by name. */
type Events = Readonly<Record<string, () => Promise<undefined>>>;

beforeAll(() => buildIfStale(), 180_000);

describe.each(['README.md', 'docs/operations.md'])('%s', (path) => {
  const [document] = documents([path]);
  const steps = document ? stepsOf(document) : [];
  const resources = testResources();
  let installation: Installation;
  let directory: string;
  let shell: Shell;
  let environment: Readonly<Record<string, string>>;
  const seen = new Map<string, string>();
  const servers: Foreground[] = [];

  beforeAll(async () => {
    installation = resources.use(await Installation.create({ partitions: 12 }));
    directory = await mkdtemp(join(tmpdir(), 'concert-queue-docs-'));
    resources.defer(() => rm(directory, { recursive: true, force: true }));
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
    resources.defer(() => shell.close());
    resources.defer(async () => {
      for (const server of servers) await server.interrupt();
    });
  });

  const events: Events = {
    'another program writes to the topic': async () => {
      const partition = installation.partitionOf('demo');
      await writeRecords(installation, [{ partition, key: 'x', value: Buffer.from('not an event') }]);
      return undefined;
    },
  };

  /** Executes the step. @returns the actual result if it differs from the document */
  async function difference(step: Step): Promise<object | undefined> {
    if (step.is === 'event') {
      const happens = events[step.what];
      return happens ? happens() : { unknownEvent: step.what };
    }
    return step.is === 'server' ? begin(step.command, step.shown) : type(step.command, step.shown);
  }

  async function begin(command: string, shown: string): Promise<object | undefined> {
    const server = new Foreground(command, environment);
    servers.push(server);
    const isAsShown = () => matchOutput(here(shown), server.output) !== undefined;
    // On a timeout the output is compared below and shows the reason.
    await eventually(() => !server.alive || isAsShown(), { within: SERVER_WITHIN_MS, every: 50 }).catch(
      () => undefined,
    );
    return server.alive && isAsShown() ? undefined : { shown, output: server.output, alive: server.alive };
  }

  async function type(command: string, shown: string): Promise<object | undefined> {
    const { output, status } = await shell.run(here(fillPlaceholders(command, seen)), COMMAND_WITHIN_MS);
    const found = matchOutput(here(shown), output);
    if (!found || status !== 0) return { shown, output, status };
    for (const [name, value] of found) seen.set(name, value);
    return undefined;
  }

  /** The text with the port of this run. */
  function here(text: string): string {
    return text.replaceAll(PORT, environment['PORT'] ?? '');
  }

  test('has all commands in console blocks', () => {
    expect(document && commandsOutsideConsole(document)).toEqual([]);
    expect(steps.length).toBeGreaterThan(1);
  });

  test.each(
    steps.map((step) => [step.line, step.is === 'event' ? step.what : step.command.split('\n')[0], step] as const),
  )(
    'line %i: %s',
    async (_line, _words, step) => expect(await difference(step)).toBeUndefined(),
    SERVER_WITHIN_MS + 5_000,
  );

  test('closes the server on an interrupt', async () => {
    for (const server of servers) await server.interrupt();
    await expect(fetch(`http://127.0.0.1:${environment['PORT']}/health/live`)).rejects.toThrow();
  }, 60_000);
});
