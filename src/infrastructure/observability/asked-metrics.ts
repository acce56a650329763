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
export function gauge(registry: Registry, { name, help, labels = [], read }: Described): Gauge {
  return new Gauge({
    name,
    help,
    labelNames: labels,
    registers: [registry],
    async collect() {
      const samples = await read();
      this.reset();
      for (const [value, ...values] of samples) this.labels(...values).set(value);
    },
  });
}

/** Like `gauge`, for what only grows while the process lives. */
export function counter(registry: Registry, { name, help, labels = [], read }: Described): Counter {
  return new Counter({
    name,
    help,
    labelNames: labels,
    registers: [registry],
    async collect() {
      const samples = await read();
      this.reset();
      for (const [value, ...values] of samples) this.labels(...values).inc(value);
    },
  });
}
