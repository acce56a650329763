import { Type } from 'typebox';

/** A time in API responses: RFC 3339 in UTC with milliseconds. */
export const Time = Type.String({ format: 'date-time', examples: ['2026-12-01T11:00:00.000Z'] });

/** @param time milliseconds since 1970, up to the year 9999 */
export function isoTime(time: number): string {
  return new Date(time).toISOString();
}
