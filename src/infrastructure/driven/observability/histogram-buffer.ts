/** So many are told at once: a tenth of a millisecond. */
const AT_ONCE = 256;

/** Durations that a histogram is told many at a time: one by one, between all else that a request needs, each costs several times as much. */
export class HistogramBuffer {
  #gathered: number[] = [];

  /** @param tell for one of them */
  constructor(private readonly tell: (seconds: number) => void) {}

  add(seconds: number): void {
    this.#gathered.push(seconds);
    if (this.#gathered.length >= AT_ONCE) this.flush();
  }

  flush(): void {
    const gathered = this.#gathered;
    this.#gathered = [];
    for (const seconds of gathered) this.tell(seconds);
  }
}
