import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { QueueError } from '../../../application/errors.ts';
import { DataDirectory } from './data-directory.ts';
import { type LogIdentity, openForReading, openForWriting } from './log-file.ts';
import type { Stream } from './log-format.ts';
import { LogStream } from './log-stream.ts';
import { LogWriter } from './log-writer.ts';

/** Location and expected identity of a log. */
export interface LocalLogSettings extends LogIdentity {
  readonly directory: string;
}

interface OpenLog {
  readonly database: DatabaseSync;
  readonly streams: Readonly<Record<Stream, LogStream>>;
  /** Absent if the log was opened for reading. */
  readonly write?: { readonly directory: DataDirectory; readonly writer: LogWriter };
}

/** The log in a local file, opened once and shared by all adapters. */
export class LocalLog {
  readonly topic: string;
  readonly partitions: number;
  readonly path: string;
  readonly #settings: LocalLogSettings;
  #opened: OpenLog | undefined;

  constructor(settings: LocalLogSettings) {
    this.#settings = settings;
    this.topic = settings.topic;
    this.partitions = settings.partitions;
    this.path = join(settings.directory, `${settings.topic}.sqlite`);
  }

  /** Opens the log for writing and locks it against other writers. @throws FatalError with a one-line message */
  open(): void {
    if (this.#opened) return;
    const directory = DataDirectory.lock(this.#settings.directory);
    try {
      const database = openForWriting(this.path, this.#settings);
      const writer = new LogWriter(this.path, database, this.#settings);
      this.#opened = { database, streams: this.#streamsOf(database), write: { directory, writer } };
    } catch (error) {
      directory.release();
      throw error;
    }
  }

  /** Opens the log for reading, even while a server writes it. @throws FatalError with a one-line message */
  openForReading(): void {
    if (this.#opened) return;
    const database = openForReading(this.path, this.#settings);
    this.#opened = { database, streams: this.#streamsOf(database) };
  }

  /** @throws QueueError `LOG_UNAVAILABLE` before it is open */
  stream(stream: Stream): LogStream {
    return this.#requireOpen().streams[stream];
  }

  /** For tables other than the streams. @throws QueueError `LOG_UNAVAILABLE` before it is open */
  get database(): DatabaseSync {
    return this.#requireOpen().database;
  }

  /** @throws QueueError `LOG_UNAVAILABLE` unless it is open for writing */
  get writer(): LogWriter {
    const { write } = this.#requireOpen();
    if (!write) throw notOpen('The log is open for reading only.');
    return write.writer;
  }

  /** Whether the log is open for writing and has not failed. */
  get isOpen(): boolean {
    return this.#opened?.write?.writer.isOpen ?? false;
  }

  /** Whether an append would succeed now. */
  async isWritable(): Promise<boolean> {
    return (await this.#opened?.write?.writer.isWritable()) ?? false;
  }

  /** Writes pending records, closes the file and releases the directory. */
  async close(): Promise<void> {
    const opened = this.#opened;
    this.#opened = undefined;
    await opened?.write?.writer.close();
    opened?.database.close();
    opened?.write?.directory.release();
  }

  #requireOpen(): OpenLog {
    if (!this.#opened) throw notOpen('The log is not open.');
    return this.#opened;
  }

  #streamsOf(database: DatabaseSync): OpenLog['streams'] {
    return {
      record: new LogStream(database, this.path, 'record'),
      dead_letter: new LogStream(database, this.path, 'dead_letter'),
    };
  }
}

function notOpen(detail: string): QueueError {
  return new QueueError('LOG_UNAVAILABLE', detail, { retryAfterSeconds: 1 });
}
