import { UndecodableError } from '../../../application/ports/event-codec.port.ts';

/** The Confluent wire format: 0, then the writer's schema id (4 bytes, big-endian), then the Avro body. */
export const HEADER_BYTES = 5;
const MAGIC = 0;

export function writeHeader(buffer: Buffer, at: number, schemaId: number): void {
  buffer[at] = MAGIC;
  buffer.writeUInt32BE(schemaId, at + 1);
}

/** @throws UndecodableError `NOT_WIRE_FORMAT` */
export function assertWireFormat(value: Buffer | null): asserts value is Buffer {
  if (value !== null && value.length >= HEADER_BYTES && value[0] === MAGIC) return;
  const found = value === null ? 'no value' : `${value.length} bytes that start with ${value.toString('hex', 0, 5)}`;
  throw new UndecodableError('NOT_WIRE_FORMAT', `Expected the byte 0, a schema id and a body, found ${found}.`);
}

export function schemaIdOf(value: Buffer): number {
  return value.readUInt32BE(1);
}
