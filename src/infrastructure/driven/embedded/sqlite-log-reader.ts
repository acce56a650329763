import { setImmediate as turn } from 'node:timers/promises';
import type { LogReader } from '../../../application/ports/log-reader.port.ts';
import type { LogRecord } from '../../../application/ports/log-subscription.port.ts';
import type { Offset } from '../../../domain/types.ts';
import type { LocalLog } from './local-log.ts';
import type { Stream } from './log-format.ts';

const MAX_BATCH_SIZE = 1_000;

/** Reads the local log or its dead letters in batches; the event loop gets a turn between batches. */
export class SqliteLogReader implements LogReader {
  readonly partitions: number;

  constructor(
    private readonly log: LocalLog,
    private readonly stream: Stream = 'record',
  ) {
    this.partitions = log.partitions;
  }

  /** Always 0: no record is ever deleted. */
  async starts(partitions: readonly number[]): Promise<ReadonlyMap<number, Offset>> {
    return new Map(partitions.map((partition) => [partition, 0]));
  }

  async ends(partitions: readonly number[]): Promise<ReadonlyMap<number, Offset>> {
    const stream = this.log.stream(this.stream);
    return new Map(partitions.map((partition) => [partition, stream.end(partition).next]));
  }

  async *read(partition: number, from: Offset, to: Offset): AsyncGenerator<readonly LogRecord[]> {
    for (let next = from; next < to; await turn()) {
      const records = this.log.stream(this.stream).read(partition, next, Math.min(MAX_BATCH_SIZE, to - next));
      if (records.length === 0) return;
      next += records.length;
      yield records;
    }
  }
}
