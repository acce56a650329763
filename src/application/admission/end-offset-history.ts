import type { Offset } from '../../domain/types.ts';

/** Where the log was seen to end, at monotonic times: what tells how old the newest record may be that is not folded. */
export class EndOffsetHistory {
  /** Oldest first. */
  #ends: { readonly at: number; readonly end: Offset }[] = [];

  /** @param keepMs what was seen longer ago is of no use to anybody */
  constructor(private readonly keepMs: number) {}

  /** @param at when the log was asked: everything before it is before the end */
  saw(at: number, end: Offset): void {
    this.#ends = [...this.#ends.filter((seen) => at - seen.at < this.keepMs), { at, end }];
  }

  /** Whoever has folded up to this offset has folded all that the log held at the time returned; undefined: not known. */
  allReadAt(checkpoint: Offset): number | undefined {
    return this.#ends.findLast(({ end }) => checkpoint >= end - 1)?.at;
  }

  clear(): void {
    this.#ends = [];
  }
}
