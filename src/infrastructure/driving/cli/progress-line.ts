const LINE_INTERVAL_MS = 5_000;

/** Progress of a command: one line that is overwritten on a terminal, otherwise a new line every 5 seconds. */
export class ProgressLine {
  #last: number;

  constructor(
    private readonly out: { readonly isTTY?: boolean; write(text: string): unknown },
    private readonly now: () => number = () => performance.now(),
  ) {
    this.#last = now(); // short commands print no line
  }

  /** @param text empty to remove the line at the end */
  show(text: string): void {
    if (this.out.isTTY) {
      this.out.write(`\r\x1b[2K${text}`);
      return;
    }
    if (text === '' || this.now() - this.#last < LINE_INTERVAL_MS) return;
    this.#last = this.now();
    this.out.write(`${text}\n`);
  }
}
