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

/**
 * Limit of a decompressed batch, against decompression bombs: brokers check only the compressed size. Producers batch up to 1 MB by
 * default, some 10 MB at most.
 */
export const MAX_BATCH_BYTES = 32 * 1024 * 1024;
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
  if (!data.subarray(0, XERIAL_MAGIC.length).equals(XERIAL_MAGIC)) return uncompressBlock(data, 0);
  const blocks: Buffer[] = [];
  let size = 0;
  for (let at = XERIAL_HEADER_BYTES; at < data.length; ) {
    const length = data.readUInt32BE(at);
    const begin = at + BLOCK_LENGTH_BYTES;
    const block = await uncompressBlock(data.subarray(begin, begin + length), size);
    blocks.push(block);
    size += block.length;
    at = begin + length;
  }
  return Buffer.concat(blocks);
}

/** @param before size of the blocks before it */
async function uncompressBlock(block: Buffer, before: number): Promise<Buffer> {
  requireWithinLimit(before + uncompressedLength(block));
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

/** A frame of lz4 begins with a magic number, flags, and the maximum size of a block. */
const LZ4_FLAGS_AT = 4;
const LZ4_BLOCK_SIZE_AT = 5;
const LZ4_HEADER_BYTES = 7;
const LZ4_CONTENT_SIZE_FLAG = 0x08;
const LZ4_BLOCK_CHECKSUM_FLAG = 0x10;
const LZ4_LENGTH_MASK = 0x7fffffff;

async function unlz4(data: Buffer): Promise<Buffer> {
  requireWithinLimit(lz4Length(data));
  return Buffer.from(await decompressFrame(data));
}

/** The decompressed length without the last block, as encoders fill all others. The library has no limit. */
function lz4Length(data: Buffer): number {
  const flags = data.readUInt8(LZ4_FLAGS_AT);
  const blockBytes = 2 ** (8 + 2 * ((data.readUInt8(LZ4_BLOCK_SIZE_AT) >> 4) & 7));
  const checksumBytes = flags & LZ4_BLOCK_CHECKSUM_FLAG ? 4 : 0;
  let blocks = 0;
  for (let at = LZ4_HEADER_BYTES + (flags & LZ4_CONTENT_SIZE_FLAG ? 8 : 0); at + BLOCK_LENGTH_BYTES <= data.length; ) {
    const length = data.readUInt32LE(at) & LZ4_LENGTH_MASK;
    if (length === 0) break;
    blocks++;
    at += BLOCK_LENGTH_BYTES + length + checksumBytes;
  }
  return Math.max(0, blocks - 1) * blockBytes;
}

function requireWithinLimit(bytes: number): void {
  if (bytes > MAX_BATCH_BYTES) throw new RangeError(`it decompresses to more than ${MAX_BATCH_BYTES} bytes`);
}

const { CompressionTypes, CompressionCodecs } = kafkajs;
const register = (type: keyof typeof CompressionCodecs, codec: Codec): void => {
  CompressionCodecs[type] = () => codec;
};
register(CompressionTypes.GZIP, { compress: ({ buffer }) => zip(buffer), decompress: (data) => unzip(data, LIMIT) });
register(CompressionTypes.Snappy, { compress: ({ buffer }) => compress(buffer), decompress: unsnappy });
register(CompressionTypes.LZ4, {
  compress: async ({ buffer }) => Buffer.from(await compressFrame(buffer)),
  decompress: unlz4,
});
register(CompressionTypes.ZSTD, { compress: ({ buffer }) => zstd(buffer), decompress: (data) => unzstd(data, LIMIT) });
