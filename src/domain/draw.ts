import { createHash, hash } from 'node:crypto';
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
  const ticketOf = ticketsOf(seed);
  const tickets = Array.from(registered, (entry) => ({ entry, ticket: ticketOf(entry.offset) }));
  const places = tickets.map(({ entry }) => entry.offset).toSorted((a, b) => a - b);
  const order = tickets.toSorted((a, b) =>
    a.ticket < b.ticket ? -1 : a.ticket > b.ticket ? 1 : compareByReceipt(a.entry, b.entry),
  );
  return order.map(({ entry }, k) => ({ entry, place: places[k] ?? entry.offset }));
}

/** Tickets in hexadecimal, whose order as text is that of the bytes. A million are computed at once, so the input is reused. */
function ticketsOf(seed: string): (offset: Offset) => string {
  const key = Buffer.from(seed, 'hex');
  const input = Buffer.concat([key, Buffer.alloc(8)]);
  return (offset) => {
    input.writeUInt32BE(Math.floor(offset / 2 ** 32), key.length);
    input.writeUInt32BE(offset % 2 ** 32, key.length + 4);
    return hash('sha256', input, 'hex');
  };
}
