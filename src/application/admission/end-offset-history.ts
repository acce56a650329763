import type { Offset } from '../../domain/types.ts';

/** Recent end offsets with the time of reading. They bound the lag of the projection. */
export class EndOffsetHistory {
  /** Oldest first. */
  #ends: { readonly readAt: number; readonly end: Offset }[] = [];

  /** @param keepMs how long an end offset is kept */
  constructor(private readonly keepMs: number) {}

  /** @param readAt monotonic time at which the request was sent: records written before it are before `end` */
  add(readAt: number, end: Offset): void {
    this.#ends = [...this.#ends.filter((earlier) => readAt - earlier.readAt < this.keepMs), { readAt, end }];
  }

  /** The latest known time at which the log had no record after `checkpoint`; undefined if there is none. */
  completeAt(checkpoint: Offset): number | undefined {
    return this.#ends.findLast(({ end }) => checkpoint >= end - 1)?.readAt;
  }

  clear(): void {
    this.#ends = [];
  }
}
