import type { Offset, UserId } from './types.ts';

/*
 * Two entries never have the same receipt or place, unless a writer other than the service forges a redrive. The user then decides,
 * so that the order never depends on how a state was stored.
 */

type Receipt = { readonly offset: Offset; readonly userId: UserId };

export function compareByReceipt(a: Receipt, b: Receipt): number {
  return a.offset - b.offset || (a.userId < b.userId ? -1 : a.userId > b.userId ? 1 : 0);
}

export function compareByPlace(
  a: Receipt & { readonly place: Offset },
  b: Receipt & { readonly place: Offset },
): number {
  return a.place - b.place || compareByReceipt(a, b);
}
