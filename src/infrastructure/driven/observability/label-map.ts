type Label = string | number;
export type Labels = readonly [string, string, string];

/** One of something for each three labels that have occurred. To find it again makes no object and no text. */
export class LabelMap<T> {
  readonly #all: (readonly [labels: Labels, one: T])[] = [];
  readonly #found = new Map<Label, Map<Label, Map<Label, T>>>();

  constructor(private readonly make: (...labels: Labels) => T) {}

  of(first: Label, second: Label, third: Label): T {
    return this.#found.get(first)?.get(second)?.get(third) ?? this.#add(first, second, third);
  }

  /** In the order in which they occurred first. */
  [Symbol.iterator](): Iterator<readonly [labels: Labels, one: T]> {
    return this.#all.values();
  }

  #add(first: Label, second: Label, third: Label): T {
    const labels: Labels = [String(first), String(second), String(third)];
    const one = this.make(...labels);
    this.#all.push([labels, one]);
    const seconds = within(this.#found, first);
    within(seconds, second).set(third, one);
    return one;
  }
}

function within<K, V>(map: Map<Label, Map<K, V>>, label: Label): Map<K, V> {
  const there = map.get(label);
  if (there) return there;
  const made = new Map<K, V>();
  map.set(label, made);
  return made;
}
