/** Every design that is measured beside the application, and what it promises. */

export interface RivalKind {
  readonly name: RivalName;
  /** In tables. */
  readonly title: string;
  readonly door: 'node-http' | 'fastify' | 'express';
  readonly desk: 'no-op' | 'redis-sync' | 'redis-sync-script' | 'naive';
}

export type RivalName = 'node-http' | 'no-op' | 'redis-sync' | 'redis-sync-fastify' | 'naive' | 'naive-fastify';

export const RIVALS: readonly RivalKind[] = [
  { name: 'node-http', title: 'no-op, `node:http`', door: 'node-http', desk: 'no-op' },
  { name: 'no-op', title: 'no-op, Fastify (the limit)', door: 'fastify', desk: 'no-op' },
  { name: 'redis-sync', title: 'Redis sync, Nest on Express', door: 'express', desk: 'redis-sync' },
  { name: 'redis-sync-fastify', title: 'Redis sync, Fastify, one script', door: 'fastify', desk: 'redis-sync-script' },
  { name: 'naive', title: 'naive Kafka, Nest on Express', door: 'express', desk: 'naive' },
  { name: 'naive-fastify', title: 'naive Kafka, Fastify', door: 'fastify', desk: 'naive' },
];

/** Whether it keeps who asked, so that one can be asked for again. */
export function keepsEntries({ desk }: RivalKind): boolean {
  return desk !== 'no-op';
}

export function rivalNamed(name: string | undefined): RivalKind {
  const kind = RIVALS.find((rival) => rival.name === name);
  if (!kind) throw new Error(`No rival is named ${name}: ${RIVALS.map((rival) => rival.name).join(', ')}.`);
  return kind;
}
