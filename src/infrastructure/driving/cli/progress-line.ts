const LINE_EVERY_MS = 5_000;

/** Where people see how far a command is: one line that changes on a terminal, else a line now and then. */
export class ProgressLine {
  #last: number;

  constructor(
    private readonly out: { readonly isTTY?: boolean; write(text: string): unknown },
    private readonly now: () => number = () => performance.now(),
  ) {
    this.#last = now(); // what is over at once needs no line
  }

  /** @param text empty: it is over, and the line goes */
  show(text: string): void {
    if (this.out.isTTY) {
      this.out.write(`\r\x1b[2K${text}`);
      return;
    }
    if (text === '' || this.now() - this.#last < LINE_EVERY_MS) return;
    this.#last = this.now();
    this.out.write(`${text}\n`);
  }
}
