import { resolve } from 'node:path';
import type { Logger } from '../application/ports/logger.port.ts';
import type { Telemetry } from '../application/ports/telemetry.port.ts';
import { EventReader } from '../application/projection/event-reader.ts';
import type { Settings } from '../config/settings.ts';
import { AvroEventCodec } from '../infrastructure/driven/avro/avro-event-codec.ts';
import { ipcCalls } from '../infrastructure/driven/embedded/ipc-protocol.ts';
import { IpcServer } from '../infrastructure/driven/embedded/ipc-server.ts';
import { LocalLog } from '../infrastructure/driven/embedded/local-log.ts';
import { LocalSchemaIds } from '../infrastructure/driven/embedded/local-schema-ids.ts';
import { LocalSchemas } from '../infrastructure/driven/embedded/local-schemas.ts';
import { MemoryQueueViewReader } from '../infrastructure/driven/embedded/memory-queue-view-reader.ts';
import { MemoryQueueViewWriter } from '../infrastructure/driven/embedded/memory-queue-view-writer.ts';
import { MemoryRebuildRequests } from '../infrastructure/driven/embedded/memory-rebuild-requests.ts';
import { MemoryView } from '../infrastructure/driven/embedded/memory-view.ts';
import { SqliteDeadLetters } from '../infrastructure/driven/embedded/sqlite-dead-letters.ts';
import { SqliteEventLog } from '../infrastructure/driven/embedded/sqlite-event-log.ts';
import { SqliteLogReader } from '../infrastructure/driven/embedded/sqlite-log-reader.ts';
import { SqliteLogSubscription } from '../infrastructure/driven/embedded/sqlite-log-subscription.ts';

/** The only place that constructs the adapters of the log file and of the view in memory. Opens nothing. */
export class EmbeddedAdapters {
  readonly directory: string;
  readonly file: LocalLog;
  readonly codec: AvroEventCodec;
  readonly eventReader: EventReader;
  readonly logReader: SqliteLogReader;
  readonly deadLetters: SqliteDeadLetters;
  readonly viewReader: MemoryQueueViewReader;
  readonly viewWriter: MemoryQueueViewWriter;
  readonly rebuildRequests: MemoryRebuildRequests;
  readonly #view = new MemoryView();
  readonly #logger: Logger;

  constructor({ dataDirectory, kafka, queuePartitions }: Settings, logger: Logger) {
    const owner = `process ${process.pid}`;
    this.#logger = logger;
    this.directory = resolve(dataDirectory);
    // Receipts name the same topic as on Kafka.
    this.file = new LocalLog({ directory: this.directory, topic: kafka.topic, partitions: queuePartitions });
    const ids = new LocalSchemaIds(this.file);
    this.codec = new AvroEventCodec(new LocalSchemas(this.file), { registerAtStart: true, ids });
    this.eventReader = new EventReader(this.codec, queuePartitions);
    this.logReader = new SqliteLogReader(this.file);
    this.deadLetters = new SqliteDeadLetters(this.file);
    this.viewReader = new MemoryQueueViewReader(this.#view);
    this.viewWriter = new MemoryQueueViewWriter(this.#view, owner);
    this.rebuildRequests = new MemoryRebuildRequests(owner);
  }

  eventLog(telemetry: Telemetry): SqliteEventLog {
    return new SqliteEventLog(this.file, this.codec, telemetry);
  }

  subscription(): SqliteLogSubscription {
    return new SqliteLogSubscription(this.file, this.#logger);
  }

  deadLetterReader(): SqliteLogReader {
    return new SqliteLogReader(this.file, 'dead_letter');
  }

  /** Gives commands access to the log and the view of this process. */
  ipcServer(log: SqliteEventLog): IpcServer {
    return new IpcServer(this.directory, ipcCalls(this.file, log, this.#view, this.rebuildRequests));
  }
}
