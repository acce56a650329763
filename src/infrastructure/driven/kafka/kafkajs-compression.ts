import { promisify } from 'node:util';
import { gunzip, gzip, zstdCompress, zstdDecompress } from 'node:zlib';
import kafkajs from 'kafkajs';
import { compressFrame, decompressFrame } from 'lz4-napi';
import { compress, uncompress } from 'snappy';

/**
 * The codecs that kafkajs 2.2.4 lacks: snappy, lz4 and zstd. A batch comes in the codec of its producer or of its topic
 * (`compression.type`), whatever this project sends.
 */

/** What kafkajs calls with a batch. */
interface Codec {
  /** @param batch an encoder of kafkajs */
  compress(batch: { readonly buffer: Buffer }): Promise<Buffer>;
  decompress(data: Buffer): Promise<Buffer>;
}

/** A batch of this size or more is refused: brokers take 1 MB by default, and the largest topics some 10 MB. */
const MAX_BATCH_BYTES = 128 * 1024 * 1024;
const LIMIT = { maxOutputLength: MAX_BATCH_BYTES };

const zip = promisify<Buffer, Buffer>(gzip);
const unzip = promisify<Buffer, typeof LIMIT, Buffer>(gunzip);
const zstd = promisify<Buffer, Buffer>(zstdCompress);
const unzstd = promisify<Buffer, typeof LIMIT, Buffer>(zstdDecompress);

/** Java clients send snappy in blocks behind this header (xerial); librdkafka sends one bare block. */
const XERIAL_MAGIC = Buffer.from([0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0x00]);
const XERIAL_HEADER_BYTES = 16;
const BLOCK_LENGTH_BYTES = 4;

async function unsnappy(data: Buffer): Promise<Buffer> {
  if (!data.subarray(0, XERIAL_MAGIC.length).equals(XERIAL_MAGIC)) return uncompressBlock(data);
  const blocks: Buffer[] = [];
  for (let at = XERIAL_HEADER_BYTES; at < data.length; ) {
    const length = data.readUInt32BE(at);
    const begin = at + BLOCK_LENGTH_BYTES;
    blocks.push(await uncompressBlock(data.subarray(begin, begin + length)));
    at = begin + length;
  }
  return Buffer.concat(blocks);
}

async function uncompressBlock(block: Buffer): Promise<Buffer> {
  if (uncompressedLength(block) > MAX_BATCH_BYTES) throw new RangeError('the snappy block is too large');
  return Buffer.from(await uncompress(block));
}

/** The varint at the start of a snappy block. The library allocates so many bytes before it reads on. */
function uncompressedLength(block: Buffer): number {
  let length = 0;
  for (let at = 0; at < block.length && at < 5; at++) {
    const byte = block.readUInt8(at);
    length += (byte & 0x7f) * 2 ** (7 * at);
    if (byte < 0x80) break;
  }
  return length;
}

const { CompressionTypes, CompressionCodecs } = kafkajs;
const register = (type: keyof typeof CompressionCodecs, codec: Codec): void => {
  CompressionCodecs[type] = () => codec;
};
register(CompressionTypes.GZIP, { compress: ({ buffer }) => zip(buffer), decompress: (data) => unzip(data, LIMIT) });
register(CompressionTypes.Snappy, { compress: ({ buffer }) => compress(buffer), decompress: unsnappy });
register(CompressionTypes.LZ4, {
  compress: async ({ buffer }) => Buffer.from(await compressFrame(buffer)),
  decompress: async (data) => Buffer.from(await decompressFrame(data)),
});
register(CompressionTypes.ZSTD, { compress: ({ buffer }) => zstd(buffer), decompress: (data) => unzstd(data, LIMIT) });
