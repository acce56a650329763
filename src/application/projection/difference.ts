/** Where two states differ first, fields in the order of their names. A side that has no such field is undefined. */
export interface Difference {
  /** Names of fields from the outside in, joined by dots. */
  readonly field: string;
  readonly stored: unknown;
  readonly folded: unknown;
}

/** Compares plain data as JSON would write it. */
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
