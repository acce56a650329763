import type { LogRecord } from '../../../application/ports/log-subscription.port.ts';
import type { Stream } from './log-format.ts';

/** A record to be written, and where. */
export type StreamRecord = readonly [stream: Stream, record: LogRecord];

/** One transaction, as it goes to the writing thread: the bytes of all records in one block, which changes hands uncopied. */
export interface PackedBatch {
  readonly records: readonly (Omit<LogRecord, 'key' | 'value'> & {
    readonly stream: Stream;
    /** Bytes of the key and of the value; -1: there is none. */
    readonly key: number;
    readonly value: number;
  })[];
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** What the writing thread answers. `refused`: nothing was written, and it may be tried again; `broken`: nobody knows. */
export type WriteResult = { readonly is: 'written' } | { readonly is: 'refused' | 'broken'; readonly reason: string };

export function pack(addressed: readonly StreamRecord[]): PackedBatch {
  const parts = addressed.flatMap(([, { key, value }]) => [key, value].filter((part) => part !== null));
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  const records = addressed.map(([stream, { key, value, headers, ...place }]) => ({
    ...place,
    stream,
    headers: Object.fromEntries(Object.entries(headers).map(([name, header]) => [name, header?.toString()])),
    key: key?.length ?? -1,
    value: value?.length ?? -1,
  }));
  return { records, bytes };
}

export function* unpack({ records, bytes }: PackedBatch): Generator<StreamRecord> {
  const block = Buffer.from(bytes.buffer);
  let at = 0;
  const next = (length: number): Buffer | null => {
    if (length < 0) return null;
    at += length;
    return block.subarray(at - length, at);
  };
  for (const { stream, key, value, ...place } of records)
    yield [stream, { ...place, key: next(key), value: next(value) }];
}
