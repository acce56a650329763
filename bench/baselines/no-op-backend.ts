/** The limit: nothing behind the door. Numbers the requests, and answers as long as the real ones. */
import type { Desk } from './baseline.ts';

const entryToken = 'x'.repeat(202);
let next = 0;

export const atOnceDesk: Desk = {
  enter: () => ({
    entryToken,
    receipt: { topic: 'queue.entry', partition: 7, offset: next++ },
    state: 'PENDING',
    pollAfterMs: 1234,
  }),
  entry: () => ({
    concertId: 'concert-0',
    userId: 'u-of-usual-length-1',
    state: 'WAITING',
    receipt: { topic: 'queue.entry', partition: 7, offset: 123_456 },
    place: 123_456,
    position: 123_456,
    ahead: 123_455,
    pollAfterMs: 12_345,
    projectedOffset: 1_234_567,
  }),
};
