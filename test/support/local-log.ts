/** Reads the log of the embedded mode without the reader of the product: plain SQL, and Avro with the schemas in the file. */
import { DatabaseSync } from 'node:sqlite';
import avsc from 'avsc';
import { IpcClient } from '../../src/infrastructure/driven/embedded/ipc-client.ts';
import type { DecodedValue, RawRecord } from './log-reader.ts';

/** Where an embedded log is: its folder and its file. */
export interface LocalSource {
  readonly directory: string;
  readonly file: string;
}

/** All records of the log, or all dead letters, each partition in order of offsets. */
export function readStream({ file }: LocalSource, stream: 'record' | 'dead_letter'): readonly RawRecord[] {
  return withFile(file, (database) =>
    database
      .prepare(
        `SELECT partition, offset, stamp AS timestamp, key, value, headers FROM ${stream} ORDER BY partition, offset`,
      )
      .all()
      .map(({ partition, offset, timestamp, key, value, headers }) => ({
        partition: Number(partition),
        offset: Number(offset),
        timestamp: Number(timestamp),
        key: bytes(key).toString(),
        value: bytes(value),
        headers: JSON.parse(String(headers ?? '{}')) as Record<string, string>, // the wire edge
      })),
  );
}

export function countRecords({ file }: LocalSource): number {
  return withFile(file, (database) => Number(database.prepare('SELECT count(*) AS n FROM record').get()?.['n']));
}

export function decodeLocal({ file }: LocalSource, value: Buffer): DecodedValue {
  if (value.length < 5 || value[0] !== 0) throw new Error('not in wire format');
  const id = value.readInt32BE(1);
  const type = (types.get(file)?.get(id) ?? learn(file, id)) as avsc.Type;
  return { name: type.name ?? '', fields: type.fromBuffer(value.subarray(5)) as object }; // the wire edge
}

const types = new Map<string, Map<number, avsc.Type>>();

function learn(file: string, id: number): avsc.Type {
  const text = withFile(file, (database) => database.prepare('SELECT text FROM schema WHERE id = ?').get(id)?.['text']);
  if (typeof text !== 'string') throw new Error(`schema ${id} is unknown`);
  const type = avsc.Type.forSchema(JSON.parse(text), { omitRecordMethods: true });
  types.set(file, (types.get(file) ?? new Map<number, avsc.Type>()).set(id, type));
  return type;
}

/** Connects to the server that uses the directory. */
export async function withServer<T>({ directory }: LocalSource, work: (server: IpcClient) => Promise<T>): Promise<T> {
  const server = await IpcClient.connect(directory);
  if (!server) throw new Error(`no server runs on ${directory}`);
  try {
    return await work(server);
  } finally {
    server.close();
  }
}

function withFile<T>(file: string, work: (database: DatabaseSync) => T): T {
  const database = new DatabaseSync(file, { readOnly: true });
  try {
    return work(database);
  } finally {
    database.close();
  }
}

function bytes(blob: unknown): Buffer {
  return blob instanceof Uint8Array || ArrayBuffer.isView(blob)
    ? Buffer.from(blob.buffer, blob.byteOffset, blob.byteLength)
    : Buffer.alloc(0);
}
