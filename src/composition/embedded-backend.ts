import { resolve } from 'node:path';
import type { Provider } from '@nestjs/common';
import { DeadLetters } from '../application/ports/dead-letters.port.ts';
import { EventCodec } from '../application/ports/event-codec.port.ts';
import { EventLog } from '../application/ports/event-log.port.ts';
import { LogReader } from '../application/ports/log-reader.port.ts';
import { LogSubscription } from '../application/ports/log-subscription.port.ts';
import type { Logger } from '../application/ports/logger.port.ts';
import { QueueViewReader, QueueViewWriter } from '../application/ports/queue-view.port.ts';
import { RebuildRequests } from '../application/ports/rebuild-requests.port.ts';
import { Telemetry } from '../application/ports/telemetry.port.ts';
import type { Settings } from '../config/settings.ts';
import { AvroEventCodec } from '../infrastructure/driven/avro/avro-event-codec.ts';
import { ipcCalls } from '../infrastructure/driven/embedded/ipc-protocol.ts';
import { IpcServer } from '../infrastructure/driven/embedded/ipc-server.ts';
import { LocalLog } from '../infrastructure/driven/embedded/local-log.ts';
import { LocalSchemas } from '../infrastructure/driven/embedded/local-schemas.ts';
import { MemoryQueueViewReader } from '../infrastructure/driven/embedded/memory-queue-view-reader.ts';
import { MemoryQueueViewWriter } from '../infrastructure/driven/embedded/memory-queue-view-writer.ts';
import { MemoryRebuildRequests } from '../infrastructure/driven/embedded/memory-rebuild-requests.ts';
import { MemoryView } from '../infrastructure/driven/embedded/memory-view.ts';
import { SqliteDeadLetters } from '../infrastructure/driven/embedded/sqlite-dead-letters.ts';
import { SqliteEventLog } from '../infrastructure/driven/embedded/sqlite-event-log.ts';
import { SqliteLogReader } from '../infrastructure/driven/embedded/sqlite-log-reader.ts';
import { SqliteLogSubscription } from '../infrastructure/driven/embedded/sqlite-log-subscription.ts';
import { Backend } from './backend.ts';

/** The log of these settings, not yet opened. Its topic is named as it would be on Kafka. */
export function localLogOf({ dataDirectory, namePrefix, queuePartitions }: Settings): LocalLog {
  const topic = `${namePrefix}queue.entry`;
  return new LocalLog({ directory: resolve(dataDirectory), topic, partitions: queuePartitions });
}

/** Log and view of one process on one machine: a file, and this process's memory. */
export function embeddedBackend(settings: Settings, diagnostics: Logger): Provider[] {
  const file = localLogOf(settings);
  const view = new MemoryView();
  const owner = `process ${process.pid}`;
  const codec = new AvroEventCodec(new LocalSchemas(file), { registerAtStart: true });
  const rebuilds = new MemoryRebuildRequests(owner);
  return [
    { provide: QueueViewReader, useFactory: () => new MemoryQueueViewReader(view) },
    { provide: QueueViewWriter, useFactory: () => new MemoryQueueViewWriter(view, owner) },
    { provide: RebuildRequests, useValue: rebuilds },
    { provide: EventCodec, useValue: codec },
    {
      provide: EventLog,
      useFactory: (telemetry: Telemetry) => new SqliteEventLog(file, codec, telemetry),
      inject: [Telemetry],
    },
    { provide: LogSubscription, useFactory: () => new SqliteLogSubscription(file, diagnostics) },
    { provide: LogReader, useFactory: () => new SqliteLogReader(file) },
    { provide: DeadLetters, useFactory: () => new SqliteDeadLetters(file) },
    {
      provide: Backend,
      useFactory: (log: SqliteEventLog): Backend => {
        const control = new IpcServer(resolve(settings.dataDirectory), ipcCalls(file, log, view, rebuilds));
        const open = async () => {
          file.open();
          await codec.start();
          await control.listen();
        };
        return {
          log: [{ name: 'the log', run: open }],
          view: [],
          feed: 'the feed of the log',
          openLog: open,
          connections: () => ({ log: file.isOpen }),
          unacknowledged: () => log.unacknowledged,
          close: async () => {
            await log.stop();
            await control.close();
            await file.close();
          },
        };
      },
      inject: [EventLog],
    },
  ];
}
