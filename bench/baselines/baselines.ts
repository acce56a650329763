/** The designs that the application is compared with. */

export interface Baseline {
  readonly name: BaselineName;
  /** Name in tables. */
  readonly title: string;
  readonly server: 'node-http' | 'fastify' | 'express';
  readonly backend: 'no-op' | 'redis-sync' | 'redis-sync-script' | 'naive';
}

export type BaselineName = 'node-http' | 'no-op' | 'redis-sync' | 'redis-sync-fastify' | 'naive' | 'naive-fastify';

export const BASELINES: readonly Baseline[] = [
  { name: 'node-http', title: 'no-op, `node:http`', server: 'node-http', backend: 'no-op' },
  { name: 'no-op', title: 'no-op, Fastify (the limit)', server: 'fastify', backend: 'no-op' },
  { name: 'redis-sync', title: 'Redis sync, Nest on Express', server: 'express', backend: 'redis-sync' },
  {
    name: 'redis-sync-fastify',
    title: 'Redis sync, Fastify, one script',
    server: 'fastify',
    backend: 'redis-sync-script',
  },
  { name: 'naive', title: 'naive Kafka, Nest on Express', server: 'express', backend: 'naive' },
  { name: 'naive-fastify', title: 'naive Kafka, Fastify', server: 'fastify', backend: 'naive' },
];

/** Whether the baseline stores entries. */
export function keepsEntries({ backend }: Baseline): boolean {
  return backend !== 'no-op';
}

export function baselineNamed(name: string | undefined): Baseline {
  const kind = BASELINES.find((baseline) => baseline.name === name);
  if (!kind) throw new Error(`There is no baseline ${name}: ${BASELINES.map((baseline) => baseline.name).join(', ')}.`);
  return kind;
}
