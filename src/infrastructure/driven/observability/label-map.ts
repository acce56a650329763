type Label = string | number;
export type Labels = readonly [string, string, string];

/** One value for each combination of three labels. A lookup allocates nothing. */
export class LabelMap<T> {
  readonly #all: (readonly [labels: Labels, value: T])[] = [];
  readonly #byLabel = new Map<Label, Map<Label, Map<Label, T>>>();

  constructor(private readonly create: (...labels: Labels) => T) {}

  of(first: Label, second: Label, third: Label): T {
    return this.#byLabel.get(first)?.get(second)?.get(third) ?? this.#add(first, second, third);
  }

  /** In the order of their first use. */
  [Symbol.iterator](): Iterator<readonly [labels: Labels, value: T]> {
    return this.#all.values();
  }

  #add(first: Label, second: Label, third: Label): T {
    const labels: Labels = [String(first), String(second), String(third)];
    const value = this.create(...labels);
    this.#all.push([labels, value]);
    innerMap(innerMap(this.#byLabel, first), second).set(third, value);
    return value;
  }
}

function innerMap<K, V>(map: Map<Label, Map<K, V>>, label: Label): Map<K, V> {
  const existing = map.get(label);
  if (existing) return existing;
  const created = new Map<K, V>();
  map.set(label, created);
  return created;
}
