import type { Registry } from 'prom-client';
import { ENTRY_STATES } from '../../../application/queries/get-my-entry.query.ts';
import type { QueueCounts } from '../../../domain/queue-snapshot.ts';
import type { EntryChange } from '../../../domain/types.ts';
import type { MetricSources } from './metric-sources.ts';
import { counter, gauge, type Sample } from './scrape-metrics.ts';

/** Number of concerts with their own label; all others share one. */
const MAX_CONCERT_LABELS = 20;
/** A concertId cannot contain a parenthesis. */
const OTHERS = '(other)';
const LIVE_STATES = ['registered', 'waiting', 'ready', 'active'] as const satisfies readonly (keyof QueueCounts)[];
/** No transition leads to PENDING: an entry exists only after its request is projected. */
const TARGET_STATES = ENTRY_STATES.filter((state) => state !== 'PENDING') satisfies readonly EntryChange['state'][];

type LiveCounts = Readonly<Record<(typeof LIVE_STATES)[number], number>>;

/** Entries and transitions of the queues of this process. The number of label values is bounded. */
export function queueMetrics(registry: Registry, { projections }: MetricSources): void {
  gauge(registry, {
    name: 'concert_queue_entries',
    help: `Live entries by state, for each of the ${MAX_CONCERT_LABELS} largest queues of this process and for all others together.`,
    labels: ['concert', 'state'],
    read: () => {
      const queues = projections().flatMap(({ concerts }) =>
        Array.from(concerts.values(), ({ concertId, queue }) => ({ concertId, counts: queue.counts })),
      );
      return [...largestQueues(queues)].flatMap(([concertId, counts]) =>
        LIVE_STATES.map((state): Sample => [counts[state], concertId, state]),
      );
    },
  });
  counter(registry, {
    name: 'concert_queue_transitions_total',
    help: 'Entry transitions by their new state; READY counts the admissions.',
    labels: ['to'],
    read: () => {
      const counts = projections().map(({ counters }) => counters.transitions);
      return TARGET_STATES.map((state): Sample => [counts.reduce((sum, by) => sum + (by.get(state) ?? 0), 0), state]);
    },
  });
}

/** The counts of the largest queues by concert, and the sum of all others. */
function largestQueues(
  queues: readonly { readonly concertId: string; readonly counts: LiveCounts }[],
): ReadonlyMap<string, LiveCounts> {
  const bySize = queues
    .map((queue) => ({ ...queue, size: LIVE_STATES.reduce((sum, state) => sum + queue.counts[state], 0) }))
    .toSorted((a, b) => b.size - a.size || (a.concertId < b.concertId ? -1 : 1));
  const others = { registered: 0, waiting: 0, ready: 0, active: 0 };
  for (const { counts } of bySize.slice(MAX_CONCERT_LABELS))
    for (const state of LIVE_STATES) others[state] += counts[state];
  return new Map<string, LiveCounts>([
    ...bySize.slice(0, MAX_CONCERT_LABELS).map(({ concertId, counts }) => [concertId, counts] as const),
    [OTHERS, others],
  ]);
}
