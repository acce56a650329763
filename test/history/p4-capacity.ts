import { words } from './history.ts';
import type { Check } from './recorded-state.ts';

/** P4: no event raises READY + ACTIVE above the capacity in force; lowering it recalls nobody. */
export const capacityKept: Check = ({ history, concerts, model }) => [
  ...concerts.flatMap((concertId) => {
    const { steps = [] } = history.folded.get(concertId) ?? {};
    return steps.flatMap(({ offset, called, capacity }, index) => {
      const before = steps[index - 1]?.called ?? 0;
      return called > before && called > capacity
        ? [`${concertId}: the record at ${offset} raises READY + ACTIVE from ${before} to ${called}, of ${capacity}`]
        : [];
    });
  }),
  ...history.calls.flatMap((call) => {
    if (call.told.is !== 'queue') return [];
    const { ready, active, projectedOffset } = call.told.queue;
    const capacities = model(call.concertId)
      .filter(({ offset }) => offset <= projectedOffset)
      .map(({ policy }) => policy.capacity);
    return ready + active > Math.max(...capacities) ? [`${words(call)}: the capacity never was so large`] : [];
  }),
];
