import type { QueueEvent } from '../../domain/events.generated.ts';
import type { ConcertId } from '../../domain/types.ts';

/**
 * The record key of an event: `userId:concertId` for an event of a user, `concertId` for an event of the queue. Ids contain no
 * colon, so keys are unambiguous.
 */
export function keyOf(event: QueueEvent): string {
  return 'userId' in event ? `${event.userId}:${event.concertId}` : event.concertId;
}

/** Whether the key is the one of the event. If not, the record is a dead letter. */
export function keyBelongs(event: QueueEvent, key: Buffer | null): boolean {
  return key !== null && key.toString() === keyOf(event);
}

/**
 * The partition of a concert, 0 to `partitions` - 1. It is the partition that the default partitioner of the Java client
 * chooses for the key `concertId`: `toPositive(murmur2(bytes)) % partitions`.
 */
export function partitionOf(concertId: ConcertId, partitions: number): number {
  let hash = hashes.get(concertId);
  if (hash === undefined) {
    if (hashes.size >= MAX_CACHED_HASHES) hashes.clear();
    hash = murmur2(Buffer.from(concertId)) & 0x7fffffff;
    hashes.set(concertId, hash);
  }
  return hash % partitions;
}

/** 0 to `partitions` - 1. */
export function allPartitions(partitions: number): readonly number[] {
  return Array.from({ length: partitions }, (_, partition) => partition);
}

/** A cache: the hash is needed for every record. */
const hashes = new Map<ConcertId, number>();
const MAX_CACHED_HASHES = 20_000;

const SEED = 0x9747b28c;
const MULTIPLIER = 0x5bd1e995;
const ROTATION = 24;

/** 32-bit MurmurHash2, equal to `org.apache.kafka.common.utils.Utils.murmur2`: signed, little-endian words. */
export function murmur2(bytes: Buffer): number {
  const { length } = bytes;
  const tail = length & ~3;
  let hash = SEED ^ length;
  for (let at = 0; at < tail; at += 4) {
    let word = Math.imul(bytes.readInt32LE(at), MULTIPLIER);
    word ^= word >>> ROTATION;
    hash = Math.imul(hash, MULTIPLIER) ^ Math.imul(word, MULTIPLIER);
  }
  for (let at = length - 1; at >= tail; at--) hash ^= bytes.readUInt8(at) << (8 * (at - tail));
  if (tail < length) hash = Math.imul(hash, MULTIPLIER);
  hash = Math.imul(hash ^ (hash >>> 13), MULTIPLIER);
  return hash ^ (hash >>> 15);
}
