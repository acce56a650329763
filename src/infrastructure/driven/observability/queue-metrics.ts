import type { Registry } from 'prom-client';
import { ENTRY_STATES } from '../../../application/queries/get-my-entry.query.ts';
import type { QueueCounts } from '../../../domain/queue-snapshot.ts';
import type { EntryChange } from '../../../domain/types.ts';
import type { MetricSources } from './metric-sources.ts';
import { counter, gauge, type Sample } from './scrape-metrics.ts';

/** So many queues have a name of their own; all others are one. */
const NAMED_CONCERTS = 20;
/** No concertId may hold a bracket. */
const OTHERS = '(other)';
const LIVE = ['registered', 'waiting', 'ready', 'active'] as const satisfies readonly (keyof QueueCounts)[];
/** A life begins when its request is projected: nothing comes to be PENDING. */
const BECAME = ENTRY_STATES.filter((state) => state !== 'PENDING') satisfies readonly EntryChange['state'][];

type Live = Readonly<Record<(typeof LIVE)[number], number>>;

/** What the queues of this process's partitions hold, and what happens in them. Labels are bounded whatever concerts there are. */
export function queueMetrics(registry: Registry, { owned }: MetricSources): void {
  gauge(registry, {
    name: 'concert_queue_entries',
    help: `Live entries by state, of the ${NAMED_CONCERTS} largest queues of this process and of all others together.`,
    labels: ['concert', 'state'],
    read: () => {
      const queues = owned().flatMap(({ concerts }) =>
        Array.from(concerts.values(), ({ concertId, queue }) => ({ concertId, counts: queue.counts })),
      );
      return [...largest(queues)].flatMap(([concertId, counts]) =>
        LIVE.map((state): Sample => [counts[state], concertId, state]),
      );
    },
  });
  counter(registry, {
    name: 'concert_queue_transitions_total',
    help: 'Entries by the state that they came to: READY are the admissions.',
    labels: ['to'],
    read: () => {
      const tallies = owned().map(({ counters }) => counters.transitions);
      return BECAME.map((state): Sample => [tallies.reduce((sum, became) => sum + (became.get(state) ?? 0), 0), state]);
    },
  });
}

/** The largest by their name, and what the others come to. */
export function largest(
  queues: readonly { readonly concertId: string; readonly counts: Live }[],
  most = NAMED_CONCERTS,
): ReadonlyMap<string, Live> {
  const bySize = queues
    .map((one) => ({ ...one, size: LIVE.reduce((sum, state) => sum + one.counts[state], 0) }))
    .toSorted((a, b) => b.size - a.size || (a.concertId < b.concertId ? -1 : 1));
  const others = { registered: 0, waiting: 0, ready: 0, active: 0 };
  for (const { counts } of bySize.slice(most)) for (const state of LIVE) others[state] += counts[state];
  return new Map<string, Live>([
    ...bySize.slice(0, most).map(({ concertId, counts }) => [concertId, counts] as const),
    [OTHERS, others],
  ]);
}
