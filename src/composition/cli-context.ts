import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { hostname, userInfo } from 'node:os';
import { fileURLToPath } from 'node:url';
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
import { kafkaSettingsOf } from './kafka-settings-of.ts';

const STACK_TOOL = fileURLToPath(new URL('../../tools/stack/stack.ts', import.meta.url));
const PINNED_NODE = fileURLToPath(new URL('../node_modules/node/bin/node', import.meta.url));

/** Nobody reads logs while a command runs: what matters is said in its one line. */
const nothing = () => undefined;
const silence: Logger = { debug: nothing, info: nothing, warn: nothing, error: nothing };

const progress = new ProgressLine(process.stderr);

/** What the command line is made of, in this process and this environment. What one command needs, the others do not wait for. */
export const cliContext: CliContext = {
  print: (text) => process.stdout.write(`${printable(text)}\n`),
  warn: (text) => process.stderr.write(`${printable(text)}\n`),

  settings: () => {
    readSettings(process.env);
    return settingRows(describeSettings(), process.env);
  },

  ensureTopics: async () => {
    const settings = readSettings(process.env);
    if (settings.eventLog === 'embedded')
      throw new FatalError('EVENT_LOG is embedded: the server makes its log by itself, and there are no topics.');
    const kafka = kafkaSettingsOf(settings);
    const { ensureTopics } = await import('../infrastructure/driven/kafka/kafka-topics.ts');
    const created = await ensureTopics(kafka, silence).catch(orUnavailable('Kafka cannot be reached: '));
    const present = [kafka.topic, kafka.deadLetterTopic].filter((topic) => !created.includes(topic));
    return { created, present };
  },

  schemas: async () => {
    const { AvroEventSchemas } = await import('../infrastructure/driven/avro/event-schemas.avro.ts');
    const { ConfluentSchemaRegistry } = await import('../infrastructure/driven/avro/schema-registry.confluent.ts');
    const settings = readSettings(process.env);
    const schemas = new AvroEventSchemas(new ConfluentSchemaRegistry(settings.schemaRegistry));
    if (settings.eventLog === 'embedded') {
      const none = () =>
        Promise.reject(
          new FatalError('EVENT_LOG is embedded: the log keeps its schemas itself, and there is no registry.'),
        );
      return { check: () => schemas.check(), checkAgainstRegistry: none, register: none };
    }
    return {
      check: () => schemas.check(),
      checkAgainstRegistry: () => schemas.checkAgainstRegistry().catch(orUnavailable()),
      register: () => schemas.register().catch(orUnavailable()),
    };
  },

  withUseCases: async (writes, work) => {
    const settings = readSettings(process.env);
    const { withUseCases } = await import('./cli-application.ts');
    return withUseCases(settings, writes, (buses) => runInContext(commandLine(), () => work(buses)));
  },

  migrateDatabase: async () => (await database()).migrate(),

  outboxStatus: async () => (await database()).outboxStatus(),

  withOperations: async (work) => {
    const settings = readSettings(process.env);
    if (settings.eventLog === 'embedded')
      return (await import('./embedded-commands.ts')).embeddedReplayTools(settings)(work);
    return (await import('./replay-tools.ts')).replayTools(settings, silence)(work);
  },

  withMaintenance: async (work) => {
    const settings = readSettings(process.env);
    const recorded: typeof work = (tools) => runInContext(commandLine(), () => work(tools));
    if (settings.eventLog === 'embedded')
      return (await import('./embedded-commands.ts')).withEmbeddedMendingTools(settings, recorded);
    return (await import('./mending-tools.ts')).withMendingTools(settings, silence, recorded);
  },

  progress: (text) => progress.show(text),

  writeLines: async (path, lines) => {
    const text = function* () {
      for (const line of lines) yield `${line}\n`;
    };
    await writeFile(path, text()).catch((error: unknown) => {
      throw new FatalError(`${path} cannot be written: ${wordsOf(error)}`, { cause: error });
    });
  },

  drained: async () => {
    if (!process.stdout.writableNeedDrain) return;
    await once(process.stdout, 'drain').catch(() => undefined); // nobody reads any more: `interrupted` says so
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

  policy: async (json) => {
    const { Policy, policyFromJson } = await import('../infrastructure/driving/http/schemas/policy.schema.ts');
    const { Errors } = await import('typebox/value');
    const [wrong] = Errors(Policy, json);
    if (wrong) throw new QueueError('INVALID_REQUEST', `policy${wrong.instancePath} ${wrong.message}`);
    return policyFromJson(json as PolicyJson); // the schema has just said so
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

async function database() {
  const { databaseTools } = await import('./database-tools.ts');
  return databaseTools(readSettings(process.env), silence);
}

/** Who types commands, for the audit trail: whoever may read the settings is an operator. */
function commandLine(): RequestContext {
  return { requestId: `cli-${randomBytes(6).toString('hex')}`, actor: `cli:${userName()}@${hostname()}` };
}

function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return `uid ${process.getuid?.() ?? 'unknown'}`; // a container's user need not have a name
  }
}

/** What a retry might mend, in the words of the contract. */
function orUnavailable(preface = ''): (error: unknown) => never {
  return (error) => {
    if (error instanceof FatalError || error instanceof QueueError) throw error;
    throw new QueueError('LOG_UNAVAILABLE', `${preface}${wordsOf(error)}`, { cause: error });
  };
}

function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
