import { createHash } from 'node:crypto';
import { compareByReceipt } from './entry-order.ts';
import type { DrawState } from './queue-snapshot.ts';
import type { Offset, Registered } from './types.ts';

/** SHA-256 of a seed, both in hexadecimal. It is published before the draw. */
export function commitmentOf(seed: string): string {
  return createHash('sha256').update(Buffer.from(seed, 'hex')).digest('hex');
}

/** Whether the seed matches its commitment. The format is checked because `Buffer` ignores characters after the digits. */
export function matchesCommitment(draw: DrawState, seed: string): boolean {
  return /^[0-9a-f]{64}$/i.test(seed) && commitmentOf(seed) === draw.commitment.toLowerCase();
}

/**
 * The order of an opening: registered entries sorted by SHA-256(seed ‖ offset as 8 bytes, big-endian), ties by offset.
 * The k-th entry gets the k-th smallest of their offsets as its place. See docs/guarantees.md.
 */
export function drawOrder(registered: Iterable<Registered>, seed: string): { entry: Registered; place: Offset }[] {
  const key = Buffer.from(seed, 'hex');
  const tickets = Array.from(registered, (entry) => ({ entry, ticket: ticketOf(key, entry.offset) }));
  const places = tickets.map(({ entry }) => entry.offset).toSorted((a, b) => a - b);
  const order = tickets.toSorted((a, b) => Buffer.compare(a.ticket, b.ticket) || compareByReceipt(a.entry, b.entry));
  return order.map(({ entry }, k) => ({ entry, place: places[k] ?? entry.offset }));
}

function ticketOf(key: Buffer, offset: Offset): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(BigInt(offset));
  return createHash('sha256').update(key).update(bytes).digest();
}
