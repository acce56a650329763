import { once } from 'node:events';
import type { DatabaseSync } from 'node:sqlite';
import { Worker } from 'node:worker_threads';
import { FatalError } from '../../../application/errors.ts';
import type { BatchAck } from '../../../application/event-log/micro-batcher.ts';
import type { LogRecord } from '../../../application/ports/log-subscription.port.ts';
import type { Offset } from '../../../domain/types.ts';
import type { Stream } from './log-format.ts';
import { type LogListener, NO_LISTENER } from './log-listener.ts';
import { LogStream, type StreamEnd } from './log-stream.ts';
import { pack, type StreamRecord, type WriteResult } from './write-batch.ts';

/** The thread runs from the source as well as from the build. */
const WORKER = new URL(
  import.meta.url.endsWith('.ts') ? './log-writer.worker.ts' : './log-writer.worker.js',
  import.meta.url,
);

/** A record that has no place yet. */
export type NewRecord = Pick<LogRecord, 'key' | 'value'> & Partial<Pick<LogRecord, 'headers'>>;

interface PendingWrite {
  readonly stream: Stream;
  readonly partition: number;
  readonly records: readonly NewRecord[];
  readonly resolve: (ack: BatchAck) => void;
  readonly reject: (error: Error) => void;
}

/** What a transaction that is under way leads to. */
interface PlannedBatch {
  readonly ends: ReadonlyMap<string, StreamEnd>;
  readonly acks: readonly BatchAck[];
}

/**
 * The one writer of a log file. Gives every record its offset and its stamp, and writes all that arrives while one transaction is
 * on its way to the disk in the next one: many appends, one sync.
 */
export class LogWriter {
  readonly #worker: Worker;
  readonly #path: string;
  readonly #ends = new Map<string, StreamEnd>();
  readonly #closed: Promise<unknown>;
  #pending: PendingWrite[] = [];
  #writing: Promise<void> | undefined;
  #broken: FatalError | undefined;
  #closing = false;
  #onResult: ((answer: WriteResult) => void) | undefined;
  /** Why the last transaction was refused; undefined: it was not. */
  #refusal: string | undefined;
  #listener: LogListener = NO_LISTENER;

  /** @param database the same file, open and checked: where its streams end is read from it */
  constructor(path: string, database: DatabaseSync, partitions: number) {
    this.#path = path;
    for (const stream of ['record', 'dead_letter'] as const) {
      const stored = new LogStream(database, path, stream);
      for (let partition = 0; partition < partitions; partition++)
        this.#ends.set(`${stream}/${partition}`, stored.end(partition));
    }
    this.#worker = new Worker(WORKER, { workerData: { path } });
    this.#worker.on('message', (answer: WriteResult) => this.#onResult?.(answer));
    this.#worker.on('error', (error: Error) => this.#markBroken(error.message));
    this.#closed = once(this.#worker, 'exit').then(() => this.#closing || this.#markBroken('its writer has ended'));
  }

  setListener(listener: LogListener): void {
    this.#listener = listener;
    if (this.#broken) listener.onBroken(this.#broken);
  }

  /** Whether it takes records at all; that the disk has room for them is another matter. */
  get isOpen(): boolean {
    return this.#broken === undefined && !this.#closing;
  }

  /** Whether what is written now would be taken. After a refusal that is tried, with a write that adds nothing. */
  async isWritable(): Promise<boolean> {
    if (this.#refusal !== undefined) await this.write('record', 0, []).catch(() => undefined); // what came of it is told below
    return this.isOpen && this.#refusal === undefined;
  }

  /** All before it is on the disk. */
  end(stream: Stream, partition: number): Offset {
    return this.#endOf(`${stream}/${partition}`).next;
  }

  /** Resolves when the records are on the disk, one after the other in their partition. Rejects when that failed. */
  write(stream: Stream, partition: number, records: readonly NewRecord[]): Promise<BatchAck> {
    if (!this.isOpen) return Promise.reject(this.#broken ?? new Error('The log is closed.'));
    const written = new Promise<BatchAck>((resolve, reject) => {
      this.#pending.push({ stream, partition, records, resolve, reject });
    });
    this.#writing ??= this.#writeAll();
    return written;
  }

  /** Writes what is waiting, and lets go of the file. */
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
      const addressed: StreamRecord[] = [];
      const { ends, acks } = this.#assignOffsets(batch, addressed);
      const answer = await this.#send(addressed);
      this.#recordResult(answer);
      if (answer.is === 'written') {
        for (const [name, end] of ends) this.#ends.set(name, end);
        for (const [index, { resolve }] of batch.entries()) resolve(acks[index] ?? never());
        for (const partition of new Set(batch.map(({ partition }) => partition))) this.#listener.onWritten(partition);
      } else {
        if (answer.is === 'broken') this.#markBroken(answer.reason);
        const error = this.#broken ?? new Error(answer.reason);
        for (const { reject } of batch) reject(error);
      }
    }
    for (const { reject } of this.#pending.splice(0)) reject(this.#broken ?? never());
    this.#writing = undefined; // at once: who was just answered may write again before anyone else is told
  }

  #send(addressed: readonly StreamRecord[]): Promise<WriteResult> {
    const answered = new Promise<WriteResult>((resolve) => (this.#onResult = resolve));
    const batch = pack(addressed);
    this.#worker.postMessage(batch, [batch.bytes.buffer]);
    return answered;
  }

  /** A stamp never falls within its partition, whatever the clock does. */
  #assignOffsets(batch: readonly PendingWrite[], addressed: StreamRecord[]): PlannedBatch {
    const now = Date.now();
    const ends = new Map<string, StreamEnd>();
    const acks = batch.map(({ stream, partition, records }) => {
      const name = `${stream}/${partition}`;
      const end = ends.get(name) ?? this.#endOf(name);
      const timestamp = Math.max(now, end.timestamp);
      for (const [index, { key, value, headers = {} }] of records.entries())
        addressed.push([stream, { partition, offset: end.next + index, timestamp, key, value, headers }]);
      ends.set(name, { next: end.next + records.length, timestamp });
      return { baseOffset: end.next, timestamp };
    });
    return { ends, acks };
  }

  #recordResult(answer: WriteResult): void {
    const refused = answer.is === 'refused' ? answer.reason : undefined;
    if (refused === this.#refusal) return;
    this.#refusal = refused;
    this.#listener.onWritableChange(refused);
  }

  #endOf(name: string): StreamEnd {
    const end = this.#ends.get(name);
    if (!end) throw new RangeError(`no partition ${name}`);
    return end;
  }

  #markBroken(reason: string): void {
    if (this.#broken) return;
    this.#broken = new FatalError(
      `The log at ${this.#path} could not be written, and nobody knows what of it is on the disk: ${reason}.`,
    );
    this.#onResult?.({ is: 'broken', reason });
    this.#listener.onBroken(this.#broken);
  }
}

function never(): never {
  throw new Error('as many acknowledgements as writes');
}
