import { Counter, Gauge, type Registry } from 'prom-client';

/** A value and its labels, in the order of the label names. */
export type Sample = readonly [value: number, ...labels: string[]];

interface MetricOptions {
  readonly name: string;
  readonly help: string;
  readonly labels?: readonly string[];
  /** All current samples. A missing label combination disappears from the next scrape. */
  readonly read: () => Iterable<Sample> | Promise<Iterable<Sample>>;
}

/** A gauge that is read on scrape, so that the hot path counts nothing. */
export function gauge(registry: Registry, options: MetricOptions): Gauge {
  return new Gauge(onScrape<Gauge>(registry, options, (metric, value, labels) => metric.labels(...labels).set(value)));
}

/** Like `gauge`, for a value that only grows within the process. */
export function counter(registry: Registry, options: MetricOptions): Counter {
  return new Counter(
    onScrape<Counter>(registry, options, (metric, value, labels) => metric.labels(...labels).inc(value)),
  );
}

function onScrape<Metric extends { reset(): void }>(
  registry: Registry,
  { name, help, labels = [], read }: MetricOptions,
  record: (metric: Metric, value: number, labels: readonly string[]) => void,
) {
  return {
    name,
    help,
    labelNames: labels,
    registers: [registry],
    async collect(this: Metric): Promise<void> {
      const samples = await read();
      this.reset();
      for (const [value, ...values] of samples) record(this, value, values);
    },
  };
}
