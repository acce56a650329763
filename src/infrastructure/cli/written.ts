import type { Life, LogTime } from '../../domain/vocabulary.ts';

/** As the API writes times. */
export function rfc3339(time: LogTime): string {
  return new Date(time).toISOString();
}

/** A life with its times as the API writes them. */
export function lifeJson(life: Life): object {
  const {
    claimBy,
    activeUntil,
    endedAt,
    ...rest
  }: Life & { claimBy?: number; activeUntil?: number; endedAt?: number } = life;
  return {
    ...rest,
    ...(claimBy !== undefined && { claimBy: rfc3339(claimBy) }),
    ...(activeUntil !== undefined && { activeUntil: rfc3339(activeUntil) }),
    ...(endedAt !== undefined && { endedAt: rfc3339(endedAt) }),
  };
}

/** One level of nesting as rows of names and values. */
export function rowsOf(json: Readonly<Record<string, unknown>>): string[][] {
  return Object.entries(json).flatMap(([name, value]) =>
    typeof value === 'object' && value !== null
      ? Object.entries(value).map(([field, inner]) => [`${name}.${field}`, String(inner)])
      : [[name, String(value)]],
  );
}
