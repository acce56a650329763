/** Aggregates several samples of the same measurement. */
import type { Sample } from './measure.ts';

export interface Figures {
  readonly grantedPerSecond: number;
  readonly projectedPerSecond: number;
  /** The maximum of the samples. */
  readonly behindMs: number;
  /** CPU share of other processes, 0 to 1. */
  readonly backgroundCpu: number;
  /** Unexpected responses and failed requests. */
  readonly errors: number;
  /** Milliseconds; means of the samples' percentiles. */
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  readonly p999: number;
  /** Microseconds per accepted request, by process. */
  readonly cpuMicros: Readonly<Record<string, number>>;
  /** The same for the load generator, if it reports its CPU time. */
  readonly generatorMicros: number;
}

export function figuresOf(samples: readonly Sample[]): Figures {
  const total = (of: (sample: Sample) => number): number => samples.reduce((sum, sample) => sum + of(sample), 0);
  const mean = (of: (sample: Sample) => number): number => total(of) / samples.length;
  const granted = total((sample) => sample.granted);
  const processes = [...(samples[0]?.cpuMicros.keys() ?? [])];
  return {
    grantedPerSecond: granted / total(({ load }) => load.seconds),
    projectedPerSecond: granted / total((sample) => sample.projectedSeconds),
    behindMs: Math.max(...samples.map(({ behindMs }) => behindMs)),
    backgroundCpu: mean((sample) => sample.backgroundCpu),
    errors: total(({ load }) => load.unexpected + load.failed),
    p50: mean(({ load }) => load.p50),
    p95: mean(({ load }) => load.p95),
    p99: mean(({ load }) => load.p99),
    p999: mean(({ load }) => load.p999),
    cpuMicros: Object.fromEntries(
      processes.map((name) => [name, total(({ cpuMicros }) => cpuMicros.get(name) ?? 0) / granted]),
    ),
    generatorMicros: total(({ load }) => load.generatorMicros) / granted,
  };
}
