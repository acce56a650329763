/** Random numbers that follow from a seed, so that a simulation can be repeated. */
export class Random {
  #state: number;

  constructor(readonly seed: number) {
    this.#state = seed >>> 0;
  }

  /** A separate generator per name, so that the order of calls does not change the choices. */
  of(name: string): Random {
    let hash = this.seed >>> 0;
    for (const character of name) hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193);
    return new Random(hash);
  }

  /** 0 (included) to 1 (excluded). Mulberry32, by Tommy Ettinger (public domain). */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  }

  /** A whole number from `from` to `to`, both included. */
  between(from: number, to: number): number {
    return from + Math.floor(this.next() * (to - from + 1));
  }

  isBelow(chance: number): boolean {
    return this.next() < chance;
  }

  oneOf<T>(...[first, ...others]: [T, ...T[]]): T {
    return [first, ...others][this.between(0, others.length)] ?? first;
  }
}
