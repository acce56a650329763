import { once } from 'node:events';
import type { DatabaseSync } from 'node:sqlite';
import { Worker } from 'node:worker_threads';
import { FatalError } from '../../../application/errors.ts';
import type { BatchAck } from '../../../application/event-log/micro-batcher.ts';
import type { TimeCorrections } from '../../../application/ports/dead-letters.port.ts';
import type { LogRecord } from '../../../application/ports/log-subscription.port.ts';
import type { Offset } from '../../../domain/types.ts';
import type { LogIdentity } from './log-file.ts';
import type { Stream } from './log-format.ts';
import { type LogListener, NO_LISTENER } from './log-listener.ts';
import { LogStream, type StreamEnd } from './log-stream.ts';
import { LogTimer, MAX_BRIDGED_MS } from './log-timer.ts';
import { storedCorrections } from './stored-corrections.ts';
import { pack, type StreamRecord, type WriteResult } from './write-batch.ts';

/** The worker runs from source as well as from the build. */
const WORKER = new URL(
  import.meta.url.endsWith('.ts') ? './log-writer.worker.ts' : './log-writer.worker.js',
  import.meta.url,
);

/** A record without partition, offset and timestamp. */
export type NewRecord = Pick<LogRecord, 'key' | 'value'> & Partial<Pick<LogRecord, 'headers'>>;

const NO_CORRECTIONS: TimeCorrections = new Map();

interface PendingWrite {
  readonly stream: Stream;
  readonly partition: number;
  readonly records: readonly NewRecord[];
  readonly resolve: (ack: BatchAck) => void;
  readonly reject: (error: Error) => void;
}

/** The result of a transaction if it commits. */
interface PlannedBatch {
  readonly ends: ReadonlyMap<string, StreamEnd>;
  readonly acks: readonly BatchAck[];
}

/**
 * The one writer of a log file. Assigns offsets and timestamps. Writes that arrive during a transaction form the next transaction,
 * so many appends share one sync.
 */
export class LogWriter {
  readonly #worker: Worker;
  readonly #path: string;
  readonly #ends = new Map<string, StreamEnd>();
  readonly #timer: LogTimer;
  readonly #closed: Promise<unknown>;
  #pending: PendingWrite[] = [];
  #writing: Promise<void> | undefined;
  #broken: FatalError | undefined;
  #closing = false;
  #onResult: ((answer: WriteResult) => void) | undefined;
  /** Why the last transaction was rejected; undefined: it was committed. */
  #rejection: string | undefined;
  #listener: LogListener = NO_LISTENER;

  /** @param database the same file, opened and checked; used to read the ends of the streams */
  constructor(path: string, database: DatabaseSync, { topic, partitions }: LogIdentity) {
    this.#path = path;
    const limit = Date.now() + MAX_BRIDGED_MS;
    const [records, decisions] = [
      new LogStream(database, path, 'record'),
      new LogStream(database, path, 'dead_letter'),
    ];
    let newest = 0;
    for (let partition = 0; partition < partitions; partition++) {
      this.#ends.set(`record/${partition}`, records.end(partition));
      this.#ends.set(`dead_letter/${partition}`, decisions.end(partition));
      const corrections = storedCorrections(decisions, topic, partition);
      newest = Math.max(
        newest,
        records.newestTimestamp(partition, limit, corrections),
        decisions.newestTimestamp(partition, limit, NO_CORRECTIONS),
      );
    }
    this.#timer = new LogTimer(newest);
    this.#worker = new Worker(WORKER, { workerData: { path } });
    this.#worker.on('message', (result: WriteResult) => this.#onResult?.(result));
    this.#worker.on('error', (error: Error) => this.#markBroken(error.message));
    this.#closed = once(this.#worker, 'exit').then(
      () => this.#closing || this.#markBroken('the writer thread has ended'),
    );
  }

  setListener(listener: LogListener): void {
    this.#listener = listener;
    if (this.#broken) listener.onBroken(this.#broken);
  }

  /** Whether the writer accepts records. The disk may still be full. */
  get isOpen(): boolean {
    return this.#broken === undefined && !this.#closing;
  }

  /** Whether a write would succeed now. After a rejection, an empty write is tried. */
  async isWritable(): Promise<boolean> {
    if (this.#rejection !== undefined) await this.write('record', 0, []).catch(() => undefined); // the result is in `#rejection`
    return this.isOpen && this.#rejection === undefined;
  }

  /** Offset of the next record. Everything before it is on the disk. */
  end(stream: Stream, partition: number): Offset {
    return this.#endOf(`${stream}/${partition}`).next;
  }

  /** Resolves when the records are on the disk, with consecutive offsets. Rejects when the write failed. */
  write(stream: Stream, partition: number, records: readonly NewRecord[]): Promise<BatchAck> {
    if (!this.isOpen) return Promise.reject(this.#broken ?? new Error('The log is closed.'));
    const written = new Promise<BatchAck>((resolve, reject) => {
      this.#pending.push({ stream, partition, records, resolve, reject });
    });
    this.#writing ??= this.#writeAll();
    return written;
  }

  /** Writes pending records and closes the file. */
  async close(): Promise<void> {
    await this.#writing;
    this.#closing = true;
    this.#worker.postMessage('close');
    await this.#closed;
  }

  async #writeAll(): Promise<void> {
    while (this.#pending.length > 0 && !this.#broken) {
      const batch = this.#pending;
      this.#pending = [];
      const records: StreamRecord[] = [];
      const { ends, acks } = this.#assignOffsets(batch, records);
      const result = await this.#send(records);
      this.#recordResult(result);
      if (result.is === 'written') {
        for (const [name, end] of ends) this.#ends.set(name, end);
        for (const [index, { resolve }] of batch.entries()) resolve(acks[index] ?? never());
        for (const partition of new Set(batch.map(({ partition }) => partition))) this.#listener.onWritten(partition);
      } else {
        if (result.is === 'broken') this.#markBroken(result.reason);
        const error = this.#broken ?? new Error(result.reason);
        for (const { reject } of batch) reject(error);
      }
    }
    for (const { reject } of this.#pending.splice(0)) reject(this.#broken ?? never());
    this.#writing = undefined; // in this turn: a resolved caller may write again at once
  }

  #send(records: readonly StreamRecord[]): Promise<WriteResult> {
    const result = new Promise<WriteResult>((resolve) => (this.#onResult = resolve));
    const batch = pack(records);
    this.#worker.postMessage(batch, [batch.bytes.buffer]);
    return result;
  }

  /** By how much the newest record was ahead of the host's clock at the start, in ms. */
  get aheadMs(): number {
    return this.#timer.aheadMs;
  }

  #assignOffsets(batch: readonly PendingWrite[], assigned: StreamRecord[]): PlannedBatch {
    const now = this.#timer.now();
    const ends = new Map<string, StreamEnd>();
    const acks = batch.map(({ stream, partition, records }) => {
      const name = `${stream}/${partition}`;
      const end = ends.get(name) ?? this.#endOf(name);
      for (const [index, { key, value, headers = {} }] of records.entries())
        assigned.push([stream, { partition, offset: end.next + index, timestamp: now, key, value, headers }]);
      ends.set(name, { next: end.next + records.length });
      return { baseOffset: end.next, timestamp: now };
    });
    return { ends, acks };
  }

  #recordResult(result: WriteResult): void {
    const rejection = result.is === 'rejected' ? result.reason : undefined;
    if (rejection === this.#rejection) return;
    this.#rejection = rejection;
    this.#listener.onWritableChange(rejection);
  }

  #endOf(name: string): StreamEnd {
    const end = this.#ends.get(name);
    if (!end) throw new RangeError(`no partition ${name}`);
    return end;
  }

  #markBroken(reason: string): void {
    if (this.#broken) return;
    this.#broken = new FatalError(
      `The log at ${this.#path} could not be written, and it is unknown which records are on the disk: ${reason}.`,
    );
    this.#onResult?.({ is: 'broken', reason });
    this.#listener.onBroken(this.#broken);
  }
}

function never(): never {
  throw new Error('there is an acknowledgement for every write');
}
