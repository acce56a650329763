import { createHash } from 'node:crypto';
import { canonicalState } from '../../src/domain/canonical-state.ts';
import { ConcertQueue } from '../../src/domain/concert-queue.ts';
import type { QueueEvent } from '../../src/domain/events.generated.ts';
import type { LogPosition } from '../../src/domain/types.ts';

/** A recorded log, and the state to which one version of the fold folded it. */
export interface GoldenLog {
  readonly foldVersion: number;
  /** Each is the complete log of a concert. */
  readonly queues: readonly {
    readonly events: readonly { readonly event: QueueEvent; readonly at: LogPosition }[];
    /** SHA-256 of the canonical state. */
    readonly digest: string;
  }[];
}

/** Reads a golden log. In version 1 the time of a record is named `stamp`. */
export function readGoldenLog(text: string): GoldenLog {
  return JSON.parse(text.replaceAll('"stamp":', '"timestamp":'));
}

/** @param foldVersion the version whose field names the canonical state is written in */
export function digestOf(events: GoldenLog['queues'][number]['events'], foldVersion: number): string {
  const [first, ...rest] = events;
  if (first?.event.type !== 'QueueConfigured') throw new Error('the first event must be QueueConfigured');
  const queue = ConcertQueue.begin(first.event, first.at);
  for (const { event, at } of rest) queue.apply(event, at);
  const state = canonicalState(queue.save());
  return createHash('sha256')
    .update(foldVersion === 1 ? withNamesOfVersion1(state) : state)
    .digest('hex');
}

/** Version 2 renamed fields and changed no state. Digests of version 1 are computed with its names. */
const NAMES_OF_VERSION_1: Readonly<Record<string, string>> = {
  attributes: 'scalars',
  entries: 'lives',
  disqualified: 'barred',
  reason: 'because',
  configuredAt: 'since',
  tokens: 'credit',
  tokensAt: 'creditAt',
};

function withNamesOfVersion1(state: string): string {
  const renamed = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(renamed);
    if (typeof value !== 'object' || value === null) return value;
    const pairs = Object.entries(value).map(
      ([key, inner]) => [NAMES_OF_VERSION_1[key] ?? key, renamed(inner)] as const,
    );
    return Object.fromEntries(pairs.toSorted(([a], [b]) => (a < b ? -1 : 1)));
  };
  return JSON.stringify(renamed(JSON.parse(state)), undefined, 1);
}
