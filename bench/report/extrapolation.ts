/** Extrapolates memory and times to more waiting users than were measured, in proportion to their number. */
import type { WaitingResult } from '../sections/waiting.ts';
import { table, tenths, whole } from './table.ts';

/** The benchmark measures up to a million. */
export const EXTRAPOLATED_USERS = 3_000_000;
const MEGABYTE = 1_000_000;

/** Undefined if a measured value is missing. @param users the number of waiting users to extrapolate to */
export function extrapolationTable({ sizes, start, rebuild, cold }: WaitingResult, users: number): string | undefined {
  const largest = sizes.at(-1);
  if (!largest || !start || !rebuild || !cold) return undefined;
  const secondsFor = (seconds: number, many: number): number =>
    start.emptySeconds + ((seconds - start.emptySeconds) * many) / start.waiting;
  const row = (many: number, name: string): string[] => [
    name,
    whole((largest.redisBytes * many) / MEGABYTE),
    whole((start.projectorBytes * many) / MEGABYTE),
    tenths(secondsFor(start.seconds, many)),
    tenths(secondsFor(cold.seconds, many)),
    tenths((rebuild.seconds * many) / start.waiting),
  ];
  return table(
    [
      'waiting',
      'Redis MB',
      'projector MB above empty',
      'start s',
      'start with empty Redis s',
      '`projections rebuild` s',
    ],
    [row(start.waiting, whole(start.waiting)), row(users, `${whole(users)}, extrapolated`)],
  );
}
