/** About five minutes at a look every two seconds. */
const MOST = 150;

/** What was seen of each number lately, oldest first. Kept by this page alone: it begins when the page is opened. */
export class History {
  readonly #series = new Map<string, number[]>();

  add(name: string, value: number): void {
    const series = this.#series.get(name) ?? [];
    series.push(value);
    if (series.length > MOST) series.shift();
    this.#series.set(name, series);
  }

  of(name: string): readonly number[] {
    return this.#series.get(name) ?? [];
  }
}
