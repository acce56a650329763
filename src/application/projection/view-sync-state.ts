import { FOLD_VERSION } from '../../domain/queue-snapshot.ts';
import type { EntryChange, Offset } from '../../domain/types.ts';
import type { Generation, ViewHead } from '../ports/queue-view.port.ts';
import type { GenerationRewrite } from './generation-rewrite.ts';

/** How the view of a concert is kept in step with its queue in memory. */
export type ViewSyncState =
  /** The current generation is at `storedOffset`; `pending` are the changes from there to the queue's offset. */
  | { readonly is: 'incremental'; readonly generation: Generation; storedOffset: Offset; pending: EntryChange[] }
  /** The full state is being written to a new generation; the rewrite collects what is folded meanwhile. */
  | { readonly is: 'rewriting'; readonly rewrite: GenerationRewrite }
  /** A full rewrite starts once `until` is folded: readers must not be shown an older state than before. */
  | { readonly is: 'deferred'; readonly until: Offset };

/** Continues from a view that is at `head`. */
export function incrementalFrom(
  { generation, offset }: Omit<ViewHead, 'foldVersion'>,
  pending: EntryChange[] = [],
): ViewSyncState {
  return { is: 'incremental', generation, storedOffset: offset, pending };
}

/**
 * The state to enter when another generation is current and this queue is at `offset`: continue from that generation if it is as
 * far, or wait if it has another fold version and is further. undefined: replace it.
 */
export function yieldTo(head: ViewHead, offset: Offset): ViewSyncState | undefined {
  if (head.foldVersion === FOLD_VERSION && head.offset >= offset) return incrementalFrom(head);
  if (head.foldVersion !== FOLD_VERSION && head.offset > offset) return { is: 'deferred', until: head.offset };
  return undefined;
}
