/** The figures of a run: of several samples one, for programs; and a table for people. */
import type { Sample } from './measure.ts';

export interface Figures {
  readonly acceptedPerSecond: number;
  readonly projectedPerSecond: number;
  /** The longest of the samples. */
  readonly behindMs: number;
  /** Share of the machine that others used meanwhile, 0 to 1. */
  readonly others: number;
  /** Answers other than 202, and requests that failed or timed out. */
  readonly errors: number;
  /** Mean of the samples' percentiles. */
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly cpuMicrosPerEntry: Readonly<Record<string, number>>;
}

export interface Comparison {
  readonly connections: number;
  readonly routeAtOnce: Figures;
  readonly application: Figures;
  /** Of the application to the route at once. */
  readonly rateRatio: number;
  readonly apiCpuRatio: number;
}

export function compare(connections: number, atOnce: readonly Sample[], ours: readonly Sample[]): Comparison {
  const routeAtOnce = figuresOf(atOnce);
  const application = figuresOf(ours);
  return {
    connections,
    routeAtOnce,
    application,
    rateRatio: application.acceptedPerSecond / routeAtOnce.acceptedPerSecond,
    apiCpuRatio: (application.cpuMicrosPerEntry['api'] ?? 0) / (routeAtOnce.cpuMicrosPerEntry['api'] ?? 0),
  };
}

function figuresOf(samples: readonly Sample[]): Figures {
  const total = (of: (sample: Sample) => number): number => samples.reduce((sum, sample) => sum + of(sample), 0);
  const entries = total((sample) => sample.entries);
  const processes = [...(samples[0]?.cpuMicros.keys() ?? [])];
  return {
    acceptedPerSecond: entries / total(({ load }) => load.seconds),
    projectedPerSecond: entries / total((sample) => sample.projectedSeconds),
    behindMs: Math.max(...samples.map(({ behindMs }) => behindMs)),
    others: total((sample) => sample.others) / samples.length,
    errors: total(({ load }) => load.refused + load.broken),
    p50Ms: total(({ load }) => load.p50) / samples.length,
    p99Ms: total(({ load }) => load.p99) / samples.length,
    cpuMicrosPerEntry: Object.fromEntries(
      processes.map((name) => [name, total(({ cpuMicros }) => cpuMicros.get(name) ?? 0) / entries]),
    ),
  };
}

/** One Markdown table for all numbers of connections. */
export function table(comparisons: readonly Comparison[]): string {
  const rows = comparisons.flatMap((one) => rowsOf(one));
  return [
    '| connections | figure | route at once | concert-queue | ratio |',
    '|---:|---|---:|---:|---:|',
    ...rows.map((cells) => `| ${cells.join(' | ')} |`),
  ].join('\n');
}

function rowsOf({ connections, routeAtOnce, application, rateRatio, apiCpuRatio }: Comparison): string[][] {
  const behind = Object.entries(application.cpuMicrosPerEntry).filter(([name]) => name !== 'api');
  return [
    [
      'entries accepted/s',
      whole(routeAtOnce.acceptedPerSecond),
      whole(application.acceptedPerSecond),
      rateRatio.toFixed(2),
    ],
    ['entries projected/s', '', whole(application.projectedPerSecond), ''],
    ['view complete after the load, ms', '', whole(application.behindMs), ''],
    ['p50 / p99, ms', latency(routeAtOnce), latency(application), ''],
    ['errors', whole(routeAtOnce.errors), whole(application.errors), ''],
    [
      'CPU µs an entry: API',
      whole(routeAtOnce.cpuMicrosPerEntry['api'] ?? 0),
      whole(application.cpuMicrosPerEntry['api'] ?? 0),
      apiCpuRatio.toFixed(2),
    ],
    ...behind.map(([name, micros]) => [`CPU µs an entry: ${name}`, '', whole(micros), '']),
    ['used by others, % of the machine', percent(routeAtOnce.others), percent(application.others), ''],
  ].map((cells) => [String(connections), ...cells]);
}

function percent(share: number): string {
  return (share * 100).toFixed(0);
}

function latency({ p50Ms, p99Ms }: Figures): string {
  return `${p50Ms.toFixed(1)} / ${p99Ms.toFixed(1)}`;
}

function whole(value: number): string {
  return Math.round(value).toLocaleString('en');
}
