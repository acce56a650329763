import { Counter, Gauge, type Registry } from 'prom-client';

/** A value and its labels, in the order of the label names. */
export type Sample = readonly [value: number, ...labels: string[]];

interface Described {
  readonly name: string;
  readonly help: string;
  readonly labels?: readonly string[];
  /** All of it as it is now: what is not given any more is not told any more. */
  readonly read: () => Iterable<Sample> | Promise<Iterable<Sample>>;
}

/** A metric that is read when somebody looks, so that the work itself counts nothing. */
export function gauge(registry: Registry, described: Described): Gauge {
  return new Gauge(asked<Gauge>(registry, described, (metric, value, labels) => metric.labels(...labels).set(value)));
}

/** Like `gauge`, for what only grows while the process lives. */
export function counter(registry: Registry, described: Described): Counter {
  return new Counter(
    asked<Counter>(registry, described, (metric, value, labels) => metric.labels(...labels).inc(value)),
  );
}

function asked<Metric extends { reset(): void }>(
  registry: Registry,
  { name, help, labels = [], read }: Described,
  tell: (metric: Metric, value: number, labels: readonly string[]) => void,
) {
  return {
    name,
    help,
    labelNames: labels,
    registers: [registry],
    async collect(this: Metric): Promise<void> {
      const samples = await read();
      this.reset();
      for (const [value, ...values] of samples) tell(this, value, values);
    },
  };
}
