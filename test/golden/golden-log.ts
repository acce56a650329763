import { createHash } from 'node:crypto';
import { canonicalState } from '../../src/domain/canonical-state.ts';
import { ConcertQueue } from '../../src/domain/concert-queue.ts';
import type { QueueEvent } from '../../src/domain/events.generated.ts';
import type { LogPosition } from '../../src/domain/types.ts';

/** A log as it was folded by one version of the fold, and what it folded to. */
export interface GoldenLog {
  readonly foldVersion: number;
  /** One after another, each the whole log of a concert. */
  readonly queues: readonly {
    readonly events: readonly { readonly event: QueueEvent; readonly at: LogPosition }[];
    /** SHA-256 of the canonical state. */
    readonly digest: string;
  }[];
}

export function digestOf(events: GoldenLog['queues'][number]['events']): string {
  const [first, ...rest] = events;
  if (first?.event.type !== 'QueueConfigured') throw new Error('a queue begins with its configuration');
  const queue = ConcertQueue.begin(first.event, first.at);
  for (const { event, at } of rest) queue.apply(event, at);
  return createHash('sha256').update(canonicalState(queue.save())).digest('hex');
}
