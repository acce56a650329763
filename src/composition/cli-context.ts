import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { hostname, userInfo } from 'node:os';
import { fileURLToPath } from 'node:url';
import type { TLocalizedValidationError } from 'typebox/error';
import { FatalError, QueueError } from '../application/errors.ts';
import { isConcertId } from '../application/event-log/identifiers.ts';
import { type RequestContext, runInContext } from '../application/event-log/request-context.ts';
import type { Logger } from '../application/ports/logger.port.ts';
import { readSettings } from '../config/settings.ts';
import { describeSettings } from '../config/settings-table.ts';
import type { CliContext } from '../infrastructure/driving/cli/cli-context.ts';
import { printable } from '../infrastructure/driving/cli/format.ts';
import { ProgressLine } from '../infrastructure/driving/cli/progress-line.ts';
import { settingRows } from '../infrastructure/driving/cli/setting-rows.ts';
import type { PolicyJson } from '../infrastructure/driving/http/schemas/policy.schema.ts';
import { errorMessage } from '../lib/error-message.ts';
import type { BackendWiring } from './backend.ts';
import { loadBackend } from './load-backend.ts';

const STACK_TOOL = fileURLToPath(new URL('../../tools/stack/stack.ts', import.meta.url));
const PINNED_NODE = fileURLToPath(new URL('../node_modules/node/bin/node', import.meta.url));

/** A command reports errors in one line and writes no logs. */
const ignore = () => undefined;
const silent: Logger = { debug: ignore, info: ignore, warn: ignore, error: ignore };

const progress = new ProgressLine(process.stderr);

/** The command line in this process and environment. Modules that only one command needs are imported by that command. */
export const cliContext: CliContext = {
  print: (text) => process.stdout.write(`${printable(text)}\n`),
  warn: (text) => process.stderr.write(`${printable(text)}\n`),

  settings: () => {
    readSettings(process.env, false);
    return settingRows(describeSettings(), process.env);
  },

  ensureTopics: async () => (await backend()).ensureTopics(),

  schemas: async () => (await backend()).schemas(),

  withUseCases: async (writes, work) => {
    // A commitment to a draw needs a secret that the servers have too.
    const settings = readSettings(process.env, writes);
    const { withUseCases } = await import('./cli-application.ts');
    return withUseCases(settings, writes, (buses) => runInContext(commandLine(), () => work(buses)));
  },

  migrateDatabase: async () => (await database()).migrate(),

  outboxStatus: async () => (await database()).outboxStatus(),

  withOperations: async (work) => (await backend()).withOperations(work),

  withMaintenance: async (work) =>
    (await backend()).withMaintenance((tools) => runInContext(commandLine(), () => work(tools))),

  progress: (text) => progress.show(text),

  writeLines: async (path, lines) => {
    const text = function* () {
      for (const line of lines) yield `${line}\n`;
    };
    await writeFile(path, text()).catch((error: unknown) => {
      throw new FatalError(`${path} cannot be written: ${errorMessage(error)}`, { cause: error });
    });
  },

  drained: async () => {
    if (!process.stdout.writableNeedDrain) return;
    await once(process.stdout, 'drain').catch(() => undefined); // the reader has ended: `interrupted` reports it
  },

  interrupted: () => {
    const interruption = new AbortController();
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => interruption.abort());
    process.stdout.once('error', () => interruption.abort());
    return interruption.signal;
  },

  concertId: (text) => {
    if (isConcertId(text)) return text;
    throw new QueueError('INVALID_REQUEST', '--concert must be 1 to 64 of A-Z a-z 0-9 . _ ~ -, and not . or ..');
  },

  policy: async (json, nameOf) => {
    const { PolicySchema, policyFromJson } = await import('../infrastructure/driving/http/schemas/policy.schema.ts');
    const { Errors } = await import('typebox/value');
    const [wrong] = Errors(PolicySchema, json);
    if (wrong) throw new QueueError('INVALID_REQUEST', policyError(wrong, nameOf));
    return policyFromJson(json as PolicyJson); // checked against the schema above
  },

  queueJson: async (queue) =>
    (await import('../infrastructure/driving/http/schemas/queue.schema.ts')).queueToJson(queue),

  stack: async (args) => {
    if (!existsSync(STACK_TOOL))
      throw new FatalError(
        'The local stack belongs to the source tree (tools/stack); it is not part of this installation.',
      );
    const node = existsSync(PINNED_NODE) ? PINNED_NODE : process.execPath;
    const [status] = (await once(spawn(node, [STACK_TOOL, ...args], { stdio: 'inherit' }), 'close')) as unknown[];
    return typeof status === 'number' ? status : 1;
  },
};

/** Names the options or fields that are missing, or the one that is wrong. */
function policyError(
  { keyword, instancePath, params, message }: TLocalizedValidationError,
  nameOf: (field: string) => string,
): string {
  if (keyword !== 'required') return `${nameOf(instancePath.slice(1))} ${message}`;
  const missing = params.requiredProperties.map(nameOf);
  return `${missing.join(', ')} ${missing.length === 1 ? 'is' : 'are'} missing`;
}

function backend(): Promise<BackendWiring> {
  return loadBackend(readSettings(process.env, false), silent);
}

async function database() {
  const { databaseTools } = await import('./postgres.providers.ts');
  return databaseTools(readSettings(process.env, false), silent);
}

/** The actor of the audit trail. Access to the settings makes the user an operator. */
function commandLine(): RequestContext {
  return { requestId: `cli-${randomBytes(6).toString('hex')}`, actor: `cli:${userName()}@${hostname()}` };
}

function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return `uid ${process.getuid?.() ?? 'unknown'}`; // a container may run as a user without a name
  }
}
