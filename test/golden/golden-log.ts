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

/** @param foldVersion the version in whose form the canonical state is written */
export function digestOf(events: GoldenLog['queues'][number]['events'], foldVersion: number): string {
  const [first, ...rest] = events;
  if (first?.event.type !== 'QueueConfigured') throw new Error('the first event must be QueueConfigured');
  const queue = ConcertQueue.begin(first.event, first.at);
  for (const { event, at } of rest) queue.apply(event, at);
  return createHash('sha256')
    .update(inFormOf(foldVersion, canonicalState(queue.save())))
    .digest('hex');
}

/** Version 2 renamed fields and changed no state. */
const NAMES_OF_VERSION_1: Readonly<Record<string, string>> = {
  attributes: 'scalars',
  entries: 'lives',
  disqualified: 'barred',
  reason: 'because',
  configuredAt: 'since',
  tokens: 'credit',
  tokensAt: 'creditAt',
};

/**
 * Version 3 judges redrives as of their receipts and keeps other attributes for it; without redrives nothing else changed. The logs
 * of versions 1 and 2 therefore have none.
 */
function inFormOf(foldVersion: number, state: string): string {
  if (foldVersion >= 3) return state;
  const renamed = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(renamed);
    if (typeof value !== 'object' || value === null) return value;
    const pairs = Object.entries(value).map(
      ([key, inner]) => [(foldVersion === 1 && NAMES_OF_VERSION_1[key]) || key, renamed(inner)] as const,
    );
    return Object.fromEntries(pairs.toSorted(([a], [b]) => (a < b ? -1 : 1)));
  };
  const { attributes, ...rest }: { attributes: Record<string, unknown> } = JSON.parse(state);
  const { openingRules: _, purgedThrough: __, ...others } = attributes;
  return JSON.stringify(renamed({ ...rest, attributes: { ...others, redriven: [] } }), undefined, 1);
}
