import { compareByPlace } from './entry-order.ts';
import type { Waiting } from './types.ts';

/** A full block is split in two. */
const MAX_BLOCK_SIZE = 512;

/**
 * Waiting entries in the order of places, for insertions at any place: O(log n) comparisons, and at most a block of entries is
 * moved. The blocks are sorted and never empty.
 */
export class SortedEntries {
  readonly #blocks: Waiting[][] = [];

  add(entry: Waiting): void {
    const index = Math.min(this.#blockOf(entry), Math.max(0, this.#blocks.length - 1));
    const block = this.#blocks[index];
    if (!block) {
      this.#blocks.push([entry]);
      return;
    }
    block.splice(lowerBound(block, entry), 0, entry);
    if (block.length > MAX_BLOCK_SIZE) this.#blocks.splice(index + 1, 0, block.splice(MAX_BLOCK_SIZE / 2));
  }

  delete(entry: Waiting): void {
    const index = this.#blockOf(entry);
    const block = this.#blocks[index];
    const at = block ? lowerBound(block, entry) : 0;
    if (!block || block[at] !== entry) return;
    block.splice(at, 1);
    if (block.length === 0) this.#blocks.splice(index, 1);
  }

  first(): Waiting | undefined {
    return this.#blocks[0]?.[0];
  }

  /** The next entry; `entry` itself may have been deleted. */
  after(entry: Waiting): Waiting | undefined {
    const isBefore = (other: Waiting | undefined) => other !== undefined && compareByPlace(other, entry) <= 0;
    const block = this.#blocks[partitionPoint(this.#blocks, (one) => isBefore(one.at(-1)))];
    return block?.[partitionPoint(block, isBefore)];
  }

  /** Index of the first block that has an entry at or after this one. */
  #blockOf(entry: Waiting): number {
    return partitionPoint(this.#blocks, (block) => {
      const last = block.at(-1);
      return last !== undefined && compareByPlace(last, entry) < 0;
    });
  }
}

/** Index of the first entry at or after this one. */
function lowerBound(block: readonly Waiting[], entry: Waiting): number {
  return partitionPoint(block, (other) => compareByPlace(other, entry) < 0);
}

/** Index of the first item for which `isBefore` is false, by binary search. */
function partitionPoint<T>(items: readonly T[], isBefore: (item: T) => boolean): number {
  let [low, high] = [0, items.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    const item = items[middle];
    if (item !== undefined && isBefore(item)) low = middle + 1;
    else high = middle;
  }
  return low;
}
