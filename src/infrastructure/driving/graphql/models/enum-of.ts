/** The values of a union of texts as the object that GraphQL wants of an enum; a value that the union lacks does not compile. */
export function enumOf<T extends string>() {
  return <const Values extends readonly T[]>(...values: Values & ([T] extends [Values[number]] ? unknown : never)) =>
    Object.fromEntries(values.map((value) => [value, value]));
}
