/** Writes the golden log of the current fold version. An existing log is never overwritten. */
import { writeFileSync } from 'node:fs';
import * as fc from 'fast-check';
import { drawHistory, likelyHistory } from '../../src/domain/concert-queue.arbitraries.ts';
import { FOLD_VERSION } from '../../src/domain/queue-snapshot.ts';
import { digestOf, type GoldenLog } from './golden-log.ts';

const QUEUES = 40;

const histories = [likelyHistory, drawHistory].flatMap((kind) =>
  fc.sample(kind, { numRuns: QUEUES / 2, seed: 20_261_122 }),
);
const queues = histories.map(({ first, rest }) => {
  const events = [first, ...rest].map(({ event, position }) => ({ event, at: position }));
  return { events, digest: digestOf(events, FOLD_VERSION) };
});
const log: GoldenLog = { foldVersion: FOLD_VERSION, queues };
const file = new URL(`./fold-v${FOLD_VERSION}.json`, import.meta.url);
writeFileSync(file, `${JSON.stringify(log)}\n`, { flag: 'wx' });
