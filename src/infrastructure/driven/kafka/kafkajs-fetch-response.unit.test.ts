import { describe, expect, test } from '@jest/globals';
import kafkajs from 'kafkajs';
import crc32C from 'kafkajs/src/protocol/recordBatch/crc32C/index.js';
import encodeRecord from 'kafkajs/src/protocol/recordBatch/record/v0/index.js';
import recordBatch from 'kafkajs/src/protocol/recordBatch/v0/index.js';
import './kafkajs-compression.ts';
import { decodeBatches } from './kafkajs-fetch-response.ts';

const PREFIX_BYTES = 12;
const LENGTH_AT = 8;
const CRC_AT = 17;
const ATTRIBUTES_AT = 21;
const LAST_OFFSET_DELTA_AT = 23;
const COUNT_AT = 57;

const encode = (offsetDelta: number): Buffer =>
  encodeRecord({ offsetDelta, key: `k${offsetDelta}`, value: 'x' }).buffer;

/** kafkajs encodes one record; encoding many takes it seconds. */
async function batch(firstOffset: number, count: number): Promise<Buffer> {
  const { buffer } = await recordBatch.RecordBatch({ firstOffset, records: [] });
  const bytes = Buffer.concat([buffer, ...Array.from({ length: count }, (_, n) => encode(n))]);
  bytes.writeInt32BE(bytes.length - PREFIX_BYTES, LENGTH_AT);
  bytes.writeInt32BE(count - 1, LAST_OFFSET_DELTA_AT);
  bytes.writeInt32BE(count, COUNT_AT);
  return withCodec(bytes, 0);
}

/** The batch with another codec and a correct checksum. */
function withCodec(bytes: Buffer, codec: number): Buffer {
  bytes.writeInt16BE(codec, ATTRIBUTES_AT);
  bytes.writeUInt32BE(crc32C(bytes.subarray(ATTRIBUTES_AT)), CRC_AT);
  return bytes;
}

const HEADER_BYTES = 61;
const MEGABYTES_40 = Buffer.alloc(40 * 1024 * 1024);
const { CompressionCodecs, CompressionTypes } = kafkajs;
const CODECS = [
  ['gzip', 1, () => CompressionCodecs[CompressionTypes.GZIP]()],
  ['snappy', 2, () => CompressionCodecs[CompressionTypes.Snappy]()],
  ['lz4', 3, () => CompressionCodecs[CompressionTypes.LZ4]()],
  ['zstd', 4, () => CompressionCodecs[CompressionTypes.ZSTD]()],
] as const;

/** A batch whose records are 40 MiB of zeros. */
async function bomb([, codec, encoder]: (typeof CODECS)[number]): Promise<Buffer> {
  const records = await encoder().compress({ buffer: MEGABYTES_40 });
  const bytes = Buffer.concat([(await batch(10, 3)).subarray(0, HEADER_BYTES), records]);
  bytes.writeInt32BE(bytes.length - PREFIX_BYTES, LENGTH_AT);
  return withCodec(bytes, codec);
}

const offsets = async (bytes: Buffer): Promise<readonly number[]> =>
  (await decodeBatches(bytes)).map(({ offset }) => Number(offset));

test('decodes all complete batches and leaves the rest', async () => {
  const bytes = Buffer.concat([await batch(3, 2), await batch(5, 1), (await batch(6, 4)).subarray(0, 70)]);
  expect(await offsets(bytes)).toEqual([3, 4, 5]);
});

test('decodes a batch of 130,000 records', async () => {
  expect((await offsets(await batch(0, 130_000))).at(-1)).toBe(129_999);
}, 60_000);

describe('a batch that cannot be decoded becomes one message and hides no other batch', () => {
  test.each([
    ['a wrong byte', (bytes: Buffer) => void bytes.writeUInt8(7, bytes.length - 1), 'its checksum is wrong'],
    ['an unknown codec', (bytes: Buffer) => void withCodec(bytes, 5), 'compression 5 is unknown'],
    ['bytes that are not gzip', (bytes: Buffer) => void withCodec(bytes, 1), expect.stringContaining('header')],
    ['bytes that are not snappy', (bytes: Buffer) => void withCodec(bytes, 2), expect.any(String)],
    ['bytes that are not lz4', (bytes: Buffer) => void withCodec(bytes, 3), expect.any(String)],
    ['bytes that are not zstd', (bytes: Buffer) => void withCodec(bytes, 4), expect.any(String)],
  ])('%s', async (_name, damage, reason) => {
    const damaged = await batch(10, 3);
    damage(damaged);
    const [before, message, after] = await decodeBatches(
      Buffer.concat([await batch(9, 1), damaged, await batch(13, 1)]),
    );
    expect([before?.offset, after?.offset]).toEqual(['9', '13']);
    expect(message).toMatchObject({ offset: '12', value: damaged, undecodable: { firstOffset: 10, reason } });
  });
});

describe('a batch that decompresses to more than 32 MiB is not decoded', () => {
  test.each(CODECS)(
    '%s',
    async (...codec) => {
      const [message] = await decodeBatches(await bomb(codec));
      expect(message?.undecodable).toEqual({ firstOffset: 10, reason: expect.stringMatching(/more than|larger than/) });
    },
    60_000,
  );
});

test('stops after 32 MiB of records, for the next fetch to continue', async () => {
  const value = Buffer.alloc(20 * 1024 * 1024);
  const large = async (firstOffset: number) => {
    const bytes = Buffer.concat([
      (await batch(firstOffset, 1)).subarray(0, HEADER_BYTES),
      encodeRecord({ offsetDelta: 0, key: 'k', value }).buffer,
    ]);
    bytes.writeInt32BE(bytes.length - PREFIX_BYTES, LENGTH_AT);
    return withCodec(bytes, 0);
  };
  expect(await offsets(Buffer.concat([await large(0), await large(1), await large(2)]))).toEqual([0, 1]);
}, 60_000);
