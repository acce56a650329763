import type { Entry, LogTime } from '../../../domain/types.ts';

/** Escapes control characters: text from a topic must not control the operator's terminal. */
export function printable(text: string): string {
  return text.replaceAll(/(?!\n)\p{Cc}/gu, (control) => `\\x${control.charCodeAt(0).toString(16).padStart(2, '0')}`);
}

/** RFC 3339 in UTC with milliseconds, the time format of the API. */
export function rfc3339(time: LogTime): string {
  return new Date(time).toISOString();
}

/** An entry with its times in the format of the API. */
export function entryJson(entry: Entry): object {
  const {
    claimBy,
    activeUntil,
    endedAt,
    ...rest
  }: Entry & { claimBy?: number; activeUntil?: number; endedAt?: number } = entry;
  return {
    ...rest,
    ...(claimBy !== undefined && { claimBy: rfc3339(claimBy) }),
    ...(activeUntil !== undefined && { activeUntil: rfc3339(activeUntil) }),
    ...(endedAt !== undefined && { endedAt: rfc3339(endedAt) }),
  };
}

/** `1 view`, `2 views` */
export function counted(number: number, one: string): string {
  return `${number} ${one}${number === 1 ? '' : 's'}`;
}

/** A document as rows of name and value; nested fields are `parent.field`, numbers have at most two decimals. */
export function rowsOf(json: Readonly<Record<string, unknown>>): string[][] {
  return Object.entries(json).flatMap(([name, value]) =>
    typeof value === 'object' && value !== null
      ? rowsOf({ ...value }).map(([field, ...cells]) => [`${name}.${field}`, ...cells])
      : [[name, cellOf(value)]],
  );
}

function cellOf(value: unknown): string {
  return String(typeof value === 'number' ? Math.round(value * 100) / 100 : value);
}
