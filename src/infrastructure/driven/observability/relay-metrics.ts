import type { Registry } from 'prom-client';
import type { OutboxStatus } from '../../../application/ports/outbox.port.ts';
import { CachedProbe } from './cached-probe.ts';
import type { MetricSources } from './metric-sources.ts';
import { counter, gauge, type Sample } from './scrape-metrics.ts';

const STATES = ['leading', 'standing-by', 'failing'] as const;

/** The outbox, only in a process with the role `relay`. */
export function relayMetrics(registry: Registry, { relay, outbox }: MetricSources): void {
  if (!relay) return;
  gauge(registry, {
    name: 'concert_queue_relay_state',
    help: '1 for the current state of this relay.',
    labels: ['state'],
    read: () => STATES.map((state): Sample => [relay.state.is === state ? 1 : 0, state.replace('-', '_')]),
  });
  counter(registry, {
    name: 'concert_queue_outbox_published_total',
    help: 'Rows published by this relay, including repeats.',
    read: () => [[relay.published]],
  });
  if (!outbox) return;
  const probe = new CachedProbe(outbox);
  const fromStatus = (value: (status: OutboxStatus) => readonly Sample[]) => async () => {
    const status = await probe.get();
    return status ? value(status) : [];
  };
  gauge(registry, {
    name: 'concert_queue_outbox_up',
    help: '1 if the outbox can be read; otherwise its metrics are missing.',
    read: async () => [[(await probe.get()) ? 1 : 0]],
  });
  gauge(registry, {
    name: 'concert_queue_outbox_backlog_rows',
    help: 'Committed rows that are not published yet.',
    read: fromStatus(({ backlog }) => [[backlog]]),
  });
  gauge(registry, {
    name: 'concert_queue_outbox_oldest_seconds',
    help: 'Age of the oldest unpublished row; 0 if there is none.',
    read: fromStatus(({ oldestSeconds }) => [[oldestSeconds]]),
  });
  gauge(registry, {
    name: 'concert_queue_outbox_published_per_second',
    help: 'Rows published by all relays, as average of the last minute.',
    read: fromStatus(({ publishedPerSecond }) => [[publishedPerSecond]]),
  });
  gauge(registry, {
    name: 'concert_queue_outbox_lag_seconds',
    help: 'Time from insert to publication, of the rows published in the last minute.',
    labels: ['quantile'],
    read: fromStatus(({ lagMs }) =>
      lagMs
        ? [
            [lagMs.p50 / 1_000, '0.5'],
            [lagMs.p99 / 1_000, '0.99'],
          ]
        : [],
    ),
  });
}
