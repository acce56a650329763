import type { LogRecord } from '../../../application/ports/log-subscription.port.ts';
import type { Stream } from './log-format.ts';

/** A record and the stream to write it to. */
export type StreamRecord = readonly [stream: Stream, record: LogRecord];

/** One transaction for the worker thread: the bytes of all records in one buffer, which is transferred without a copy. */
export interface PackedBatch {
  readonly records: readonly (Omit<LogRecord, 'key' | 'value'> & {
    readonly stream: Stream;
    /** Length of key and value in bytes; -1: null. */
    readonly key: number;
    readonly value: number;
  })[];
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** Result of a transaction. `rejected`: nothing was written, a retry may succeed; `broken`: the outcome is unknown. */
export type WriteResult = { readonly is: 'written' } | { readonly is: 'rejected' | 'broken'; readonly reason: string };

export function pack(records: readonly StreamRecord[]): PackedBatch {
  const parts = records.flatMap(([, { key, value }]) => [key, value].filter((part) => part !== null));
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  const packed = records.map(([stream, { key, value, headers, ...position }]) => ({
    ...position,
    stream,
    headers: Object.fromEntries(Object.entries(headers).map(([name, header]) => [name, header?.toString()])),
    key: key?.length ?? -1,
    value: value?.length ?? -1,
  }));
  return { records: packed, bytes };
}

export function* unpack({ records, bytes }: PackedBatch): Generator<StreamRecord> {
  const buffer = Buffer.from(bytes.buffer);
  let at = 0;
  const next = (length: number): Buffer | null => {
    if (length < 0) return null;
    at += length;
    return buffer.subarray(at - length, at);
  };
  for (const { stream, key, value, ...position } of records)
    yield [stream, { ...position, key: next(key), value: next(value) }];
}
