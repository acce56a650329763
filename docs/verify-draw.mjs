// Recomputes the draw of an opening, knowing nothing but what is public. Node, no packages:
//   node verify-draw.mjs queue.json offsets.json
// queue.json: the queue document (GET /v1/concerts/{concertId}/queue) after the draw; offsets.json: the offsets of the receipts
// of all who were registered, as a list in any order. Prints each offset with the place that was drawn for it, first place first.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';

const [queue, offsets] = process.argv.slice(2, 4).map((file) => JSON.parse(readFileSync(file, 'utf8')));
const seed = Buffer.from(queue.drawSeed, 'hex');
const sha256 = (...parts) => createHash('sha256').update(Buffer.concat(parts)).digest('hex');
if (sha256(seed) !== queue.drawCommitment) throw new Error('The seed is not the one that was committed to.');

const bytes = (offset) => {
  const eight = Buffer.alloc(8);
  eight.writeBigUInt64BE(BigInt(offset));
  return eight;
};
const tickets = offsets.map((offset) => ({ offset, ticket: sha256(seed, bytes(offset)) }));
tickets.sort((a, b) => (a.ticket < b.ticket ? -1 : a.ticket > b.ticket ? 1 : a.offset - b.offset));
const places = offsets.toSorted((a, b) => a - b);
for (const [k, { offset }] of tickets.entries()) console.log(`${offset} ${places[k]}`);
