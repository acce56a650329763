import { FOLD_VERSION } from '../../domain/queue-snapshot.ts';
import type { EntryChange, Offset } from '../../domain/types.ts';
import type { Generation, ViewHead } from '../ports/queue-view.port.ts';
import type { GenerationRewrite } from './generation-rewrite.ts';

/** Where a concert's memory stands to its view. */
export type ViewSyncState =
  /** The view is this generation and stands at `stored`; `pending` leads from there to the queue's offset. */
  | { readonly is: 'following'; readonly generation: Generation; stored: Offset; pending: EntryChange[] }
  /** The whole state is being written to a new generation; the rewrite keeps what was folded meanwhile. */
  | { readonly is: 'rewriting'; readonly rewrite: GenerationRewrite }
  /** The view is to be written whole; not before `from` is folded, so that no reader is shown the past. */
  | { readonly is: 'silent'; readonly from: Offset };

/** Follows a view that stands where `head` says, with nothing to be written to it. */
export function following(
  { generation, offset }: Omit<ViewHead, 'foldVersion'>,
  pending: EntryChange[] = [],
): ViewSyncState {
  return { is: 'following', generation, stored: offset, pending };
}

/**
 * Another generation is current, and we are at `offset`: it is followed if it is as far as we are; one of another fold version
 * that is further is waited for. undefined: it is to be replaced.
 */
export function yieldTo(head: ViewHead, offset: Offset): ViewSyncState | undefined {
  if (head.foldVersion === FOLD_VERSION && head.offset >= offset) return following(head);
  if (head.foldVersion !== FOLD_VERSION && head.offset > offset) return { is: 'silent', from: head.offset };
  return undefined;
}
