import { describeCall } from './history.ts';
import type { Check } from './recorded-state.ts';

/** P4: no event raises READY + ACTIVE above the current capacity. Lowering the capacity takes no slot away. */
export const capacityKept: Check = ({ history, concerts, model }) => [
  ...concerts.flatMap((concertId) => {
    const { steps = [] } = history.folded.get(concertId) ?? {};
    return steps.flatMap(({ offset, admitted, capacity }, index) => {
      const before = steps[index - 1]?.admitted ?? 0;
      return admitted > before && admitted > capacity
        ? [`${concertId}: the record at ${offset} raises READY + ACTIVE from ${before} to ${admitted}, of ${capacity}`]
        : [];
    });
  }),
  ...history.calls.flatMap((call) => {
    if (call.response.is !== 'queue') return [];
    const { ready, active, projectedOffset } = call.response.queue;
    const capacities = model(call.concertId)
      .filter(({ offset }) => offset <= projectedOffset)
      .map(({ policy }) => policy.capacity);
    return ready + active > Math.max(...capacities) ? [`${describeCall(call)}: the capacity was never that large`] : [];
  }),
];
