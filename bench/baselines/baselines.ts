/** Every design that is measured beside the application, and what it promises. */

export interface RivalKind {
  readonly name: RivalName;
  /** In tables. */
  readonly title: string;
  readonly door: 'bare' | 'fastify' | 'express';
  readonly desk: 'at-once' | 'direct' | 'direct-one-call' | 'literal';
}

export type RivalName = 'bare' | 'limit' | 'direct' | 'direct-fastify' | 'literal' | 'literal-fastify';

export const RIVALS: readonly RivalKind[] = [
  { name: 'bare', title: 'R0 bare `node:http`', door: 'bare', desk: 'at-once' },
  { name: 'limit', title: 'R0 the route at once', door: 'fastify', desk: 'at-once' },
  { name: 'direct', title: 'R1 direct, Nest on Express', door: 'express', desk: 'direct' },
  { name: 'direct-fastify', title: 'R1f direct, Fastify, one call', door: 'fastify', desk: 'direct-one-call' },
  { name: 'literal', title: 'R2 literal, Nest on Express', door: 'express', desk: 'literal' },
  { name: 'literal-fastify', title: 'R2f literal, Fastify', door: 'fastify', desk: 'literal' },
];

/** Whether it keeps who asked, so that one can be asked for again. */
export function keepsEntries({ desk }: RivalKind): boolean {
  return desk !== 'at-once';
}

export function rivalNamed(name: string | undefined): RivalKind {
  const kind = RIVALS.find((rival) => rival.name === name);
  if (!kind) throw new Error(`No rival is named ${name}: ${RIVALS.map((rival) => rival.name).join(', ')}.`);
  return kind;
}
