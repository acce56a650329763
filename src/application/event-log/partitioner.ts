import type { QueueEvent } from '../../domain/events.generated.ts';
import type { ConcertId } from '../../domain/types.ts';

/**
 * The key of an event in the log: `userId:concertId` for what concerns a user, `concertId` for what concerns the queue itself.
 * Neither id may hold a colon, so that no two events share a key by accident.
 */
export function keyOf(event: QueueEvent): string {
  return 'userId' in event ? `${event.userId}:${event.concertId}` : event.concertId;
}

/** Whether a record with this key may carry this event. What does not is a dead letter. */
export function keyBelongs(event: QueueEvent, key: Buffer | null): boolean {
  return key !== null && key.toString() === keyOf(event);
}

/**
 * The partition of a concert, 0 to `partitions` - 1: as Java's default partitioner would place a record whose key is the
 * concertId alone (`toPositive(murmur2(bytes)) % partitions`), so that producers in any language agree.
 */
export function partitionOf(concertId: ConcertId, partitions: number): number {
  let hash = hashes.get(concertId);
  if (hash === undefined) {
    if (hashes.size >= MOST_REMEMBERED) hashes.clear();
    hash = murmur2(Buffer.from(concertId)) & 0x7fffffff;
    hashes.set(concertId, hash);
  }
  return hash % partitions;
}

/** 0 to `partitions` - 1. */
export function allPartitions(partitions: number): readonly number[] {
  return Array.from({ length: partitions }, (_, partition) => partition);
}

/** Asked for with every record, of few concerts. */
const hashes = new Map<ConcertId, number>();
const MOST_REMEMBERED = 20_000;

const SEED = 0x9747b28c;
const MULTIPLIER = 0x5bd1e995;
const ROTATION = 24;

/** MurmurHash2 in 32 bits, as `org.apache.kafka.common.utils.Utils.murmur2`: signed, little-endian words. */
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
