import type { FetchedMessage } from 'kafkajs/src/consumer/batch.js';
import Decoder from 'kafkajs/src/protocol/decoder.js';
import crc32C from 'kafkajs/src/protocol/recordBatch/crc32C/index.js';
import decodeRecordBatch from 'kafkajs/src/protocol/recordBatch/v0/decoder.js';
import fetchResponse from 'kafkajs/src/protocol/requests/fetch/v11/response.js';
import { errorMessage } from '../../../lib/error-message.ts';
import { MAX_BATCH_BYTES } from './kafkajs-compression.ts';

/**
 * Decodes the batches of a fetch one by one (responses of version 11, which every broker since Kafka 2.3 sends). kafkajs 2.2.4
 * rejects the whole response, with all its partitions, when one batch cannot be decoded. It also ignores the checksums, and
 * fails on batches of more than some 100,000 records. Here such a batch becomes one message with `undecodable`.
 */

/** Fields of a batch: https://kafka.apache.org/documentation/#recordbatch. Positions in bytes. */
const LENGTH_AT = 8;
const MAGIC_AT = 16;
const CRC_AT = 17;
const ATTRIBUTES_AT = 21;
const LAST_OFFSET_DELTA_AT = 23;
const MAX_TIMESTAMP_AT = 35;
const HEADER_BYTES = 61;
/** The length field counts the bytes after it. */
const PREFIX_BYTES = 12;

const MAGIC = 2;
const CODEC_MASK = 0x07;
const LAST_CODEC = 4;
const LOG_APPEND_TIME_FLAG = 0x08;

/**
 * The messages of the complete batches in the records of a partition. The broker may cut off the last one. Stops when they have
 * `MAX_BATCH_BYTES`: the next fetch continues there.
 */
export async function decodeBatches(bytes: Buffer): Promise<FetchedMessage[]> {
  const messages: FetchedMessage[] = [];
  let size = 0;
  for (let at = 0; bytes.length - at >= HEADER_BYTES && size < MAX_BATCH_BYTES; ) {
    const end = at + PREFIX_BYTES + bytes.readInt32BE(at + LENGTH_AT);
    if (end > bytes.length || end < at + HEADER_BYTES) break;
    for (const message of await decodeBatch(bytes.subarray(at, end))) {
      size += message.value?.length ?? 0;
      messages.push(message);
    }
    at = end;
  }
  return messages;
}

async function decodeBatch(batch: Buffer): Promise<readonly FetchedMessage[]> {
  try {
    const reason = reasonNotToDecode(batch);
    if (reason) return [undecodable(batch, reason)];
    return (await decodeRecordBatch(new Decoder(batch))).records;
  } catch (error) {
    return [undecodable(batch, errorMessage(error))];
  }
}

function reasonNotToDecode(batch: Buffer): string | undefined {
  const magic = batch.readInt8(MAGIC_AT);
  if (magic !== MAGIC) return `format ${magic} of batches is not supported`;
  const crc = crc32C(batch.subarray(ATTRIBUTES_AT));
  if (crc !== batch.readUInt32BE(CRC_AT)) return 'its checksum is wrong';
  const codec = batch.readInt16BE(ATTRIBUTES_AT) & CODEC_MASK;
  return codec > LAST_CODEC ? `compression ${codec} is unknown` : undefined;
}

/** One message at the last offset of the batch, with the bytes of the batch as its value. */
function undecodable(batch: Buffer, reason: string): FetchedMessage {
  const firstOffset = batch.readBigInt64BE(0);
  const lastOffset = firstOffset + BigInt(batch.readInt32BE(LAST_OFFSET_DELTA_AT));
  return {
    offset: `${lastOffset}`,
    timestamp: `${batch.readBigInt64BE(MAX_TIMESTAMP_AT)}`,
    key: null,
    value: Buffer.from(batch), // the response is released
    headers: {},
    attributes: 0,
    batchContext: {
      producerId: '-1',
      producerEpoch: -1,
      timestampType: batch.readInt16BE(ATTRIBUTES_AT) & LOG_APPEND_TIME_FLAG ? 1 : 0,
    },
    undecodable: { firstOffset: Number(firstOffset), reason },
  };
}

async function decode(response: Buffer): Promise<object> {
  const decoder = new Decoder(response);
  const clientSideThrottleTime = decoder.readInt32();
  const errorCode = decoder.readInt16();
  const sessionId = decoder.readInt32();
  const responses = await decoder.readArrayAsync(async () => ({
    topicName: decoder.readString(),
    partitions: await decoder.readArrayAsync(() => decodePartition(decoder)),
  }));
  // The broker throttles by itself: kafkajs must not wait too.
  return { throttleTime: 0, clientSideThrottleTime, errorCode, sessionId, responses };
}

async function decodePartition(decoder: Decoder): Promise<object> {
  const header = {
    partition: decoder.readInt32(),
    errorCode: decoder.readInt16(),
    highWatermark: decoder.readInt64().toString(),
    lastStableOffset: decoder.readInt64().toString(),
    lastStartOffset: decoder.readInt64().toString(),
    abortedTransactions: decoder.readArray(() => ({
      producerId: decoder.readInt64().toString(),
      firstOffset: decoder.readInt64().toString(),
    })),
    preferredReadReplica: decoder.readInt32(),
  };
  const size = decoder.readInt32();
  const bytes = size > 0 && decoder.canReadBytes(size) ? decoder.readBytes(size) : Buffer.alloc(0);
  return { ...header, messages: await decodeBatches(bytes) };
}

fetchResponse.decode = decode;
