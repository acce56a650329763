import type { Provider } from '@nestjs/common';
import { FatalError } from '../application/errors.ts';
import type { UsingReplayTools } from '../application/operations/operations.ts';
import { RedriveDeadLetters } from '../application/operations/redrive-dead-letters.ts';
import { FollowRebuild } from '../application/operations/request-rebuild.ts';
import { skipBatch } from '../application/operations/skip-batch.ts';
import { CorrectTimes } from '../application/operations/time-correction.ts';
import { VerifyProjections } from '../application/operations/verify-projections.ts';
import { DeadLetters } from '../application/ports/dead-letters.port.ts';
import { EventLog } from '../application/ports/event-log.port.ts';
import type { EventSchemas } from '../application/ports/event-schemas.port.ts';
import { LogReader } from '../application/ports/log-reader.port.ts';
import { LogSubscription } from '../application/ports/log-subscription.port.ts';
import type { Logger } from '../application/ports/logger.port.ts';
import { QueueViewReader, QueueViewWriter } from '../application/ports/queue-view.port.ts';
import { RebuildRequests } from '../application/ports/rebuild-requests.port.ts';
import { Telemetry } from '../application/ports/telemetry.port.ts';
import { EventReader } from '../application/projection/event-reader.ts';
import { projectOnce } from '../application/projection/project-once.ts';
import { ProjectionsStatus } from '../application/queries/projections-status.ts';
import type { Settings } from '../config/settings.ts';
import { checkSchemas } from '../infrastructure/driven/avro/schema-check.ts';
import { IpcClient, noServerError } from '../infrastructure/driven/embedded/ipc-client.ts';
import { remoteLog, remoteRebuilds, remoteView } from '../infrastructure/driven/embedded/ipc-ports.ts';
import { readOnlyLog } from '../infrastructure/driven/embedded/read-only-log.ts';
import type { SqliteEventLog } from '../infrastructure/driven/embedded/sqlite-event-log.ts';
import type { MaintenanceTools } from '../infrastructure/driving/cli/cli-context.ts';
import { Backend, type BackendWiring } from './backend.ts';
import { EmbeddedAdapters } from './embedded-adapters.ts';

const SUBSCRIPTION = 'the log subscription';

/** The log in a file and the view in the memory of one process. */
export class EmbeddedBackendWiring implements BackendWiring {
  constructor(
    private readonly settings: Settings,
    private readonly logger: Logger,
  ) {}

  serverProviders(): Provider[] {
    return this.#providers(new EmbeddedAdapters(this.settings, this.logger));
  }

  /** Uses the log and the view of the running server. Without one, a command that only reads folds the log file itself. */
  async commandProviders(writes: boolean): Promise<Provider[]> {
    const adapters = new EmbeddedAdapters(this.settings, this.logger);
    const { directory, file } = adapters;
    const server = await IpcClient.connect(directory);
    if (!server && writes) throw noServerError(directory, 'only a server writes the log');
    const ports: Provider[] = server
      ? [
          { provide: EventLog, useValue: remoteLog(server, file) },
          { provide: QueueViewReader, useValue: remoteView(server) },
        ]
      : [
          { provide: EventLog, useValue: readOnlyLog(file, directory) },
          { provide: QueueViewReader, useFactory: () => foldedView(adapters) },
        ];
    const backend: Backend = {
      log: [],
      view: [],
      subscription: SUBSCRIPTION,
      openLog: () => Promise.resolve(), // the server has opened it
      connections: () => ({ log: server !== undefined }),
      unacknowledged: () => 0,
      close: async () => {
        server?.close();
        await file.close();
      },
    };
    // Nest uses the last of several providers of a token.
    return [...this.#providers(adapters), ...ports, { provide: Backend, useValue: backend }];
  }

  /** Reads the log file. Asks the running server only for its views. */
  readonly withOperations: UsingReplayTools = async (work) => {
    const adapters = new EmbeddedAdapters(this.settings, this.logger);
    const { directory, file, logReader: log, deadLetters, eventReader: reader } = adapters;
    const ports = { log, deadLetters, reader };
    let server: IpcClient | undefined;
    const connect = async () => {
      server ??= await IpcClient.connect(directory);
      if (!server) throw noServerError(directory, 'the views are in its memory');
      return server;
    };
    const view = async () => remoteView(await connect());
    try {
      file.openForReading();
      return await work({
        ports,
        letters: adapters.deadLetterReader(),
        reader,
        topic: file.topic,
        verify: async () => {
          const client = await connect();
          return new VerifyProjections({
            ...ports,
            records: { partition: (partition) => client.call('view.partition', partition) },
            view: { part: (concertId, from) => client.call('view.part', concertId, from) },
          });
        },
        view,
        status: async () => new ProjectionsStatus({ log, deadLetters, view: await view() }),
      });
    } finally {
      server?.close();
      await file.close();
    }
  };

  /** The running server does the work. @throws QueueError `LOG_UNAVAILABLE` if no server runs */
  async withMaintenance<T>(work: (tools: MaintenanceTools) => Promise<T>): Promise<T> {
    const adapters = new EmbeddedAdapters(this.settings, this.logger);
    const { directory, file, logReader: log, deadLetters } = adapters;
    const server = await IpcClient.connect(directory);
    if (!server) throw noServerError(directory, 'only a server repairs its views and its log');
    try {
      file.openForReading();
      return await work({
        partitions: file.partitions,
        rebuild: new FollowRebuild(remoteRebuilds(server)),
        correctTimes: new CorrectTimes({
          log: adapters.logReader,
          deadLetters: {
            timeCorrections: (partition) => adapters.deadLetters.timeCorrections(partition),
            correctTimes: (partition, corrections) => server.call('deadLetters.correctTimes', partition, corrections),
          },
        }),
        redrive: new RedriveDeadLetters({
          log,
          deadLetters,
          reader: adapters.eventReader,
          view: remoteView(server),
          redriver: { append: (record) => server.call('redrive.append', record) },
        }),
        skipBatch: (partition, offset) => skipBatch({ log, deadLetters }, partition, offset),
      });
    } finally {
      server.close();
      await file.close();
    }
  }

  ensureTopics(): Promise<never> {
    return Promise.reject(
      new FatalError('EVENT_LOG is embedded: the server creates its log file itself, and there are no topics.'),
    );
  }

  schemas(): EventSchemas {
    const noRegistry = () =>
      Promise.reject(
        new FatalError('EVENT_LOG is embedded: the log file keeps its schemas, and there is no registry.'),
      );
    return { check: () => checkSchemas(), checkAgainstRegistry: noRegistry, register: noRegistry };
  }

  #providers(adapters: EmbeddedAdapters): Provider[] {
    return [
      { provide: QueueViewReader, useValue: adapters.viewReader },
      { provide: QueueViewWriter, useValue: adapters.viewWriter },
      { provide: RebuildRequests, useValue: adapters.rebuildRequests },
      { provide: EventReader, useValue: adapters.eventReader },
      { provide: EventLog, useFactory: (telemetry: Telemetry) => adapters.eventLog(telemetry), inject: [Telemetry] },
      { provide: LogSubscription, useFactory: () => adapters.subscription() },
      { provide: LogReader, useValue: adapters.logReader },
      { provide: DeadLetters, useValue: adapters.deadLetters },
      {
        provide: Backend,
        useFactory: (log: SqliteEventLog) => serverBackend(adapters, log, this.logger),
        inject: [EventLog],
      },
    ];
  }
}

function serverBackend(adapters: EmbeddedAdapters, log: SqliteEventLog, logger: Logger): Backend {
  const { file, codec } = adapters;
  const ipc = adapters.ipcServer(log);
  const open = async () => {
    file.open();
    reportClock(file.writer.aheadMs, logger);
    await codec.start();
    await ipc.listen();
  };
  return {
    log: [{ name: 'the log', run: open }],
    view: [],
    subscription: SUBSCRIPTION,
    openLog: open,
    connections: () => ({ log: file.isOpen }),
    unacknowledged: () => log.unacknowledged,
    close: async () => {
      await log.stop();
      await ipc.close();
      await file.close();
    },
  };
}

/** Folds the log file once. */
async function foldedView(adapters: EmbeddedAdapters): Promise<QueueViewReader> {
  const { file, logReader: log, deadLetters, eventReader: reader, viewWriter: view, viewReader } = adapters;
  file.openForReading();
  await projectOnce({ log, deadLetters, reader, view });
  return viewReader;
}

/** A clock that was corrected by less than this is not worth a line. */
const REPORTED_CLOCK_MS = 1_000;

function reportClock(aheadMs: number, logger: Logger): void {
  if (aheadMs < REPORTED_CLOCK_MS) return;
  const seconds = Math.round(aheadMs / 1000);
  logger.warn(
    `the clock of this host went back: the newest record of the log is ${seconds} s ahead of it. ` +
      `Log time continues from that record, ${seconds} s ahead, until a start after the clock has caught up.`,
  );
}
