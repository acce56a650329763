/** About five minutes at one value every two seconds. */
const MAX_VALUES = 150;

/** Recent values by name, oldest first. Held in memory; starts empty when the page opens. */
export class TimeSeries {
  readonly #series = new Map<string, number[]>();

  add(name: string, value: number): void {
    const series = this.#series.get(name) ?? [];
    series.push(value);
    if (series.length > MAX_VALUES) series.shift();
    this.#series.set(name, series);
  }

  of(name: string): readonly number[] {
    return this.#series.get(name) ?? [];
  }
}
