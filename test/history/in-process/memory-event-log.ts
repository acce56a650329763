import { setTimeout as pause } from 'node:timers/promises';
import { keyOf, partitionOf } from '../../../src/application/log-addressing.ts';
import type { EventCodec } from '../../../src/application/ports/event-codec.port.ts';
import type { EventLog, Receipt } from '../../../src/application/ports/event-log.port.ts';
import type { LogRecord } from '../../../src/application/ports/log-feed.port.ts';
import type { QueueEvent } from '../../../src/domain/events.generated.ts';

/** The log as arrays, one for each partition. Whoever reads is told of every record. */
export class MemoryEventLog implements EventLog {
  readonly topic = 'in-process';
  readonly #records: LogRecord[][];
  readonly #listeners = new Set<() => void>();

  constructor(
    private readonly codec: EventCodec,
    readonly partitions: number,
  ) {
    this.#records = Array.from({ length: partitions }, () => []);
  }

  /** Takes the event at once; acknowledges a little later. */
  async append(event: QueueEvent): Promise<Receipt & { readonly stamp: number }> {
    const partition = this.partitionOf(event.concertId);
    const { offset, stamp } = this.put(partition, Buffer.from(keyOf(event)), this.codec.encode(event));
    await pause(1);
    return { topic: this.topic, partition, offset, stamp };
  }

  /** Any bytes: what someone else might write. */
  put(partition: number, key: Buffer, value: Buffer): LogRecord {
    const records = this.records(partition);
    const stamp = Math.max(records.at(-1)?.stamp ?? 0, Date.now());
    const record = { partition, offset: records.length, stamp, key, value, headers: {} };
    this.#records[partition]?.push(record);
    for (const listener of this.#listeners) listener();
    return record;
  }

  partitionOf(concertId: string): number {
    return partitionOf(concertId, this.partitions);
  }

  endOffset(partition: number): Promise<number> {
    return Promise.resolve(this.records(partition).length);
  }

  isWritable(): Promise<boolean> {
    return Promise.resolve(true);
  }

  records(partition: number): readonly LogRecord[] {
    return this.#records[partition] ?? [];
  }

  onAppend(listener: () => void): void {
    this.#listeners.add(listener);
  }
}
