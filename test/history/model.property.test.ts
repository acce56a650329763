import { expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { drawHistory, foldHistory, likelyHistory, propertyRuns } from '../../src/domain/concert-queue.arbitraries.ts';
import type { ConcertQueue } from '../../src/domain/concert-queue.ts';
import { type ModelQueue, modelQueueAt, modelQueues, waitingInOrder } from './model.ts';

const byUser = (a: { readonly userId: string }, b: { readonly userId: string }): number =>
  a.userId < b.userId ? -1 : 1;

function stateOf(queue: ConcertQueue) {
  const { admittedThrough, purgedThrough } = queue.attributes();
  const waiting = [...queue.waitingEntries()].map(({ userId }) => userId);
  return { entries: [...queue.save().entries].toSorted(byUser), waiting, admittedThrough, purgedThrough };
}

function stateOfModel(queue: ModelQueue | undefined) {
  if (!queue) return undefined;
  const { admittedThrough, purgedThrough } = queue;
  const waiting = waitingInOrder(queue).map(({ userId }) => userId);
  return { entries: queue.entries.toSorted(byUser), waiting, admittedThrough, purgedThrough };
}

test.each([
  ['likely histories', likelyHistory],
  ['histories with a draw', drawHistory],
])('the model agrees with the fold after every record: %s', (_, histories) => {
  fc.assert(
    fc.property(histories, (history) => {
      const log = [history.first, ...history.rest].map(({ event, position }) => ({ partition: 0, event, ...position }));
      const model = modelQueues(log);
      foldHistory(history, (queue) => {
        // The model leaves the fields of former states undefined.
        expect(stateOf(queue)).toEqual(stateOfModel(modelQueueAt(model, queue.offset)));
      });
    }),
    propertyRuns(200),
  );
});
