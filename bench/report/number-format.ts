/** What more people would take than were measured: everything here grows in proportion to them. */
import type { WaitingResult } from '../sections/waiting.ts';
import { table, tenths, whole } from './table.ts';

/** The benchmark itself goes up to a million. */
export const ON_PAPER = 3_000_000;
const MEGABYTE = 1_000_000;

/** Undefined while a part of what it follows from is missing. @param people how many would wait */
export function onPaperTable({ sizes, start, rebuild, cold }: WaitingResult, people: number): string | undefined {
  const largest = sizes.at(-1);
  if (!largest || !start || !rebuild || !cold) return undefined;
  const after = (seconds: number, many: number): number =>
    start.emptySeconds + ((seconds - start.emptySeconds) * many) / start.waiting;
  const row = (many: number, name: string): string[] => [
    name,
    whole((largest.redisBytes * many) / MEGABYTE),
    whole((start.projectorBytes * many) / MEGABYTE),
    tenths(after(start.seconds, many)),
    tenths(after(cold.seconds, many)),
    tenths((rebuild.seconds * many) / start.waiting),
  ];
  return table(
    [
      'waiting',
      'Redis MB',
      'projector MB, beyond an empty one',
      'its start s',
      'with an empty Redis s',
      '`projections rebuild` s',
    ],
    [row(start.waiting, whole(start.waiting)), row(people, `${whole(people)}, on paper`)],
  );
}
