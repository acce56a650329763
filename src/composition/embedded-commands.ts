import { resolve } from 'node:path';
import type { Provider } from '@nestjs/common';
import type { UsingReplayTools } from '../application/operations/operations.ts';
import { ProjectionsStatus } from '../application/operations/projections-status.ts';
import { RedriveDeadLetters } from '../application/operations/redrive-dead-letters.ts';
import { FollowRebuild } from '../application/operations/request-rebuild.ts';
import { VerifyProjections } from '../application/operations/verify-projections.ts';
import { EventLog } from '../application/ports/event-log.port.ts';
import type { Logger } from '../application/ports/logger.port.ts';
import { QueueViewReader } from '../application/ports/queue-view.port.ts';
import { EventReader } from '../application/projection/event-reader.ts';
import { projectOnce } from '../application/projection/project-once.ts';
import type { Settings } from '../config/settings.ts';
import { AvroEventCodec } from '../infrastructure/driven/avro/avro-event-codec.ts';
import { IpcClient, noServer } from '../infrastructure/driven/embedded/ipc-client.ts';
import { remoteLog, remoteRebuilds, remoteView } from '../infrastructure/driven/embedded/ipc-ports.ts';
import type { LocalLog } from '../infrastructure/driven/embedded/local-log.ts';
import { LocalSchemas } from '../infrastructure/driven/embedded/local-schemas.ts';
import { MemoryQueueViewReader } from '../infrastructure/driven/embedded/memory-queue-view-reader.ts';
import { MemoryQueueViewWriter } from '../infrastructure/driven/embedded/memory-queue-view-writer.ts';
import { MemoryView } from '../infrastructure/driven/embedded/memory-view.ts';
import { readOnlyLog } from '../infrastructure/driven/embedded/read-only-log.ts';
import { SqliteDeadLetters } from '../infrastructure/driven/embedded/sqlite-dead-letters.ts';
import { SqliteLogReader } from '../infrastructure/driven/embedded/sqlite-log-reader.ts';
import type { MaintenanceTools } from '../infrastructure/driving/cli/cli-context.ts';
import { Backend } from './backend.ts';
import { embeddedBackend, localLogOf } from './embedded-backend.ts';

/** Everything that only reads, on a log that is open for reading. */
function readingPorts(file: LocalLog) {
  const codec = new AvroEventCodec(new LocalSchemas(file), { registerAtStart: false });
  return {
    log: new SqliteLogReader(file),
    deadLetters: new SqliteDeadLetters(file),
    reader: new EventReader(codec, file.partitions),
  };
}

/**
 * What a command's use cases stand on: log and view of the server that runs on the data directory; where none runs, for a command
 * that only reads, the log's file folded once. Everything else is as in the server, and never started.
 */
export async function commandAdapters(settings: Settings, writes: boolean, diagnostics: Logger): Promise<Provider[]> {
  const directory = resolve(settings.dataDirectory);
  const file = localLogOf(settings);
  const server = await IpcClient.connect(directory);
  if (!server && writes) throw noServer(directory, 'only a server writes the log');
  const ports: Provider[] = server
    ? [
        { provide: EventLog, useValue: remoteLog(server, file) },
        { provide: QueueViewReader, useValue: remoteView(server) },
      ]
    : [
        { provide: EventLog, useValue: readOnlyLog(file, directory) },
        { provide: QueueViewReader, useFactory: () => foldedView(file) },
      ];
  const foundation: Backend = {
    log: [],
    view: [],
    feed: 'the feed of the log',
    openLog: async () => undefined, // the server has
    connections: () => ({ log: server !== undefined }),
    unacknowledged: () => 0,
    close: async () => {
      server?.close();
      await file.close();
    },
  };
  // Of two that provide the same, the last one counts.
  return [...embeddedBackend(settings, diagnostics), ...ports, { provide: Backend, useValue: foundation }];
}

async function foldedView(file: LocalLog): Promise<QueueViewReader> {
  file.openForReading();
  const view = new MemoryView();
  await projectOnce({ ...readingPorts(file), view: new MemoryQueueViewWriter(view, 'a command') });
  return new MemoryQueueViewReader(view);
}

/** The tools of replay on the log's file, whether a server runs or not; what compares views asks the one that has them. */
export function embeddedReplayTools(settings: Settings): UsingReplayTools {
  return async (work) => {
    const directory = resolve(settings.dataDirectory);
    const file = localLogOf(settings);
    let server: IpcClient | undefined;
    const connected = async () => {
      server ??= await IpcClient.connect(directory);
      if (!server) throw noServer(directory, 'the views are in its memory');
      return server;
    };
    try {
      file.openForReading();
      const { log, deadLetters, reader } = readingPorts(file);
      const ports = { log, deadLetters, reader };
      return await work({
        ports,
        letters: new SqliteLogReader(file, 'dead_letter'),
        reader,
        topic: file.topic,
        verify: async () => {
          const client = await connected();
          return new VerifyProjections({
            ...ports,
            records: { partition: (partition) => client.call('view.partition', partition) },
            view: { part: (concertId, from) => client.call('view.part', concertId, from) },
          });
        },
        status: async () => new ProjectionsStatus({ log, deadLetters, view: remoteView(await connected()) }),
      });
    } finally {
      server?.close();
      await file.close();
    }
  };
}

/** Rebuilds and redrives, by the server that runs. */
export async function withEmbeddedMendingTools<T>(
  settings: Settings,
  work: (tools: MaintenanceTools) => Promise<T>,
): Promise<T> {
  const directory = resolve(settings.dataDirectory);
  const server = await IpcClient.connect(directory);
  if (!server) throw noServer(directory, 'only a server mends what it holds');
  const file = localLogOf(settings);
  try {
    file.openForReading();
    return await work({
      partitions: file.partitions,
      rebuild: new FollowRebuild(remoteRebuilds(server)),
      redrive: new RedriveDeadLetters({
        ...readingPorts(file),
        view: remoteView(server),
        redriver: { append: (record) => server.call('redrive.append', record) },
      }),
    });
  } finally {
    server.close();
    await file.close();
  }
}
