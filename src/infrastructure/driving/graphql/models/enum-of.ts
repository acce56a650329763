/** Builds a GraphQL enum from all values of a string union; a missing or unknown value does not compile. */
export function enumOf<T extends string>() {
  return <const Values extends readonly T[]>(...values: Values & ([T] extends [Values[number]] ? unknown : never)) =>
    Object.fromEntries(values.map((value) => [value, value]));
}
