/** The upper limit: no work behind the route. Numbers the requests and returns responses of realistic length. */
import type { Backend } from './baseline.ts';

const entryToken = 'x'.repeat(202);
let next = 0;

export const noOpBackend: Backend = {
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
