/** The first difference between two states, in the order of field names. A missing field is undefined. */
export interface Difference {
  /** Path of the field, joined by dots. */
  readonly field: string;
  readonly stored: unknown;
  readonly folded: unknown;
}

/** Compares plain JSON data. */
export function firstDifference(stored: unknown, folded: unknown, field: string): Difference | undefined {
  if (!isObject(stored) || !isObject(folded) || Array.isArray(stored) !== Array.isArray(folded)) {
    return stored === folded ? undefined : { field, stored, folded };
  }
  const names = new Set([...Object.keys(stored), ...Object.keys(folded)]);
  for (const name of [...names].sort()) {
    const difference = firstDifference(stored[name], folded[name], `${field}.${name}`);
    if (difference) return difference;
  }
  return undefined;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
