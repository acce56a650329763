import { crc32 } from 'node:zlib';
import type { LogRecord } from '../../../application/ports/log-subscription.port.ts';

/** The two streams of a log file; they correspond to Kafka topics. */
export type Stream = 'record' | 'dead_letter';

/** "CQLG": marks a database file as a log of this project. */
export const APPLICATION_ID = 0x43_51_4c_47;
/** Version of the tables below. */
export const FORMAT = 1;

const STREAM_COLUMNS = `
  partition INTEGER NOT NULL,
  offset    INTEGER NOT NULL,
  stamp     INTEGER NOT NULL,
  key       BLOB,
  value     BLOB,
  headers   TEXT,
  crc       INTEGER NOT NULL,
  PRIMARY KEY (partition, offset)`;

export const TABLES = `
  CREATE TABLE log (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
  CREATE TABLE schema (id INTEGER PRIMARY KEY, record TEXT NOT NULL, text TEXT NOT NULL UNIQUE);
  CREATE TABLE record (${STREAM_COLUMNS}) WITHOUT ROWID;
  CREATE TABLE dead_letter (${STREAM_COLUMNS}) WITHOUT ROWID;`;

/** Columns in table order, as prepared statements bind and return them. */
export type LogRow = readonly [
  partition: number,
  offset: number,
  timestamp: number,
  key: Uint8Array | null,
  value: Uint8Array | null,
  headers: string | null,
  crc: number,
];

export function rowOf(record: LogRecord): LogRow {
  const { partition, offset, timestamp, key, value } = record;
  const names = Object.keys(record.headers);
  const headers = names.length === 0 ? null : JSON.stringify(textsOf(record.headers));
  return [
    partition,
    offset,
    timestamp,
    key,
    value,
    headers,
    checksum(partition, offset, timestamp, key, value, headers),
  ];
}

/** @throws Error when the checksum does not match */
export function recordOf([partition, offset, timestamp, key, value, headers, crc]: LogRow): LogRecord {
  if (checksum(partition, offset, timestamp, key, value, headers) !== crc)
    throw new Error(`offset ${offset} of partition ${partition} is not what was written`);
  return { partition, offset, timestamp, key: bytes(key), value: bytes(value), headers: headersOf(headers) };
}

const NO_HEADERS: LogRecord['headers'] = Object.freeze({});

function headersOf(text: string | null): LogRecord['headers'] {
  return text === null ? NO_HEADERS : (JSON.parse(text) as Record<string, string>); // written only by this file
}

function textsOf(headers: LogRecord['headers']): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) => (value === undefined ? [] : [[name, value.toString()]])),
  );
}

function bytes(blob: Uint8Array | null): Buffer | null {
  return blob && Buffer.from(blob.buffer, blob.byteOffset, blob.byteLength);
}

/** Covers every field that a reader uses: detects damaged pages that SQLite accepts. */
function checksum(
  partition: number,
  offset: number,
  timestamp: number,
  key: Uint8Array | null,
  value: Uint8Array | null,
  headers: string | null,
): number {
  const place = crc32(`${partition}/${offset}/${timestamp}/${headers ?? ''}/${key?.length ?? -1}`);
  return crc32(value ?? '', crc32(key ?? '', place));
}
