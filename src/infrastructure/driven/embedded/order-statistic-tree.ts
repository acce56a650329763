import type { Offset } from '../../../domain/types.ts';

interface Node {
  readonly place: Offset;
  readonly priority: number;
  size: number;
  left: Node | undefined;
  right: Node | undefined;
}

/** The places of the waiting entries as a treap with subtree sizes: every operation takes O(log n) steps. */
export class OrderStatisticTree {
  #root: Node | undefined;

  get size(): number {
    return sizeOf(this.#root);
  }

  add(place: Offset): void {
    if (this.has(place)) return;
    const [before, after] = split(this.#root, place);
    const node = { place, priority: priorityOf(place), size: 1, left: undefined, right: undefined };
    this.#root = merge(merge(before, node), after);
  }

  delete(place: Offset): void {
    const [before, rest] = split(this.#root, place);
    const [, after] = split(rest, place + 1);
    this.#root = merge(before, after);
  }

  has(place: Offset): boolean {
    let node = this.#root;
    while (node && node.place !== place) node = place < node.place ? node.left : node.right;
    return node !== undefined;
  }

  /** Number of smaller places. */
  rank(place: Offset): number {
    let rank = 0;
    let node = this.#root;
    while (node) {
      if (node.place < place) {
        rank += sizeOf(node.left) + 1;
        node = node.right;
      } else node = node.left;
    }
    return rank;
  }
}

function sizeOf(node: Node | undefined): number {
  return node?.size ?? 0;
}

/** Splits into the places before `place`, and those at or after it. */
function split(node: Node | undefined, place: Offset): [Node | undefined, Node | undefined] {
  if (!node) return [undefined, undefined];
  if (node.place < place) {
    const [before, after] = split(node.right, place);
    node.right = before;
    updateSize(node);
    return [node, after];
  }
  const [before, after] = split(node.left, place);
  node.left = after;
  updateSize(node);
  return [before, node];
}

/** Joins two trees. Every place in `one` is smaller than every place in `other`. */
function merge(one: Node | undefined, other: Node | undefined): Node | undefined {
  if (!one || !other) return one ?? other;
  if (one.priority >= other.priority) {
    one.right = merge(one.right, other);
    updateSize(one);
    return one;
  }
  other.left = merge(one, other.left);
  updateSize(other);
  return other;
}

function updateSize(node: Node): void {
  node.size = 1 + sizeOf(node.left) + sizeOf(node.right);
}

/** Mixes the bits with the finaliser of MurmurHash3, so that consecutive places give a balanced tree. */
function priorityOf(place: Offset): number {
  let mixed = (place ^ Math.floor(place / 2 ** 32)) | 0;
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}
