import type { Registry } from 'prom-client';
import type { OutboxStatus } from '../../../application/ports/outbox.port.ts';
import { CachedProbe } from './cached-probe.ts';
import type { MetricSources } from './metric-sources.ts';
import { counter, gauge, type Sample } from './scrape-metrics.ts';

const STATES = ['leading', 'standing-by', 'failing'] as const;

/** The outbox, told by every process with the role `relay`; nothing without it. */
export function relayMetrics(registry: Registry, { relay, outbox }: MetricSources): void {
  if (!relay) return;
  gauge(registry, {
    name: 'concert_queue_relay_state',
    help: '1 for what this relay does: it leads, stands by, or fails.',
    labels: ['state'],
    read: () => STATES.map((state): Sample => [relay.state.is === state ? 1 : 0, state.replace('-', '_')]),
  });
  counter(registry, {
    name: 'concert_queue_outbox_published_total',
    help: 'Rows that this relay has published, repeats included.',
    read: () => [[relay.published]],
  });
  if (!outbox) return;
  const latest = new CachedProbe(outbox);
  const told = (value: (status: OutboxStatus) => readonly Sample[]) => async () => {
    const status = await latest.get();
    return status ? value(status) : [];
  };
  gauge(registry, {
    name: 'concert_queue_outbox_up',
    help: 'Whether the outbox can be looked at; without that the metrics of it are missing.',
    read: async () => [[(await latest.get()) ? 1 : 0]],
  });
  gauge(registry, {
    name: 'concert_queue_outbox_backlog_rows',
    help: 'Committed rows that are not published.',
    read: told(({ backlog }) => [[backlog]]),
  });
  gauge(registry, {
    name: 'concert_queue_outbox_oldest_seconds',
    help: 'Age of the oldest of them; 0 when there is none.',
    read: told(({ oldestSeconds }) => [[oldestSeconds]]),
  });
  gauge(registry, {
    name: 'concert_queue_outbox_published_per_second',
    help: 'Rows published by all relays, over the last minute.',
    read: told(({ publishedPerSecond }) => [[publishedPerSecond]]),
  });
  gauge(registry, {
    name: 'concert_queue_outbox_lag_seconds',
    help: 'From the insert of a row to its publication, of those published in the last minute.',
    labels: ['quantile'],
    read: told(({ lagMs }) =>
      lagMs
        ? [
            [lagMs.p50 / 1_000, '0.5'],
            [lagMs.p99 / 1_000, '0.99'],
          ]
        : [],
    ),
  });
}
