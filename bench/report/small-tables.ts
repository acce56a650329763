/** Tables of sections with a single table. */
import type { AtConcerts } from '../sections/concerts.ts';
import type { FoldResult } from '../sections/fold.ts';
import type { OverloadResult } from '../sections/overload.ts';
import { ENTRY_HEAD, entryCells } from './entry-table-cells.ts';
import { table, tenths, whole } from './table.ts';

export function overloadTable(found: OverloadResult): string {
  const { limit, offered, acceptedPerSecond, refused, withRetryAfter, broken, p50, p99, apiMicrosPerAnswer } = found;
  return table(
    [
      'limit /s',
      'offered /s',
      'accepted /s',
      'rejected',
      '503 with Retry-After',
      'unanswered',
      'p50 ms',
      'p99 ms',
      'API µs/answer',
    ],
    [
      [
        whole(limit),
        whole(offered),
        whole(acceptedPerSecond),
        whole(refused),
        whole(withRetryAfter),
        whole(broken),
        tenths(p50),
        tenths(p99),
        whole(apiMicrosPerAnswer),
      ],
    ],
  );
}

export function concertsTable(found: readonly AtConcerts[]): string {
  const rows = found.flatMap(({ concerts, hotShare = 0, entries }) =>
    Object.entries(entries).map(([connections, figures]) => [
      `${whole(concerts)}${hotShare > 0 ? `, ${whole(100 * hotShare)}% to one` : ''}, ${connections} connections`,
      ...entryCells(figures),
    ]),
  );
  return table(['concerts', ...ENTRY_HEAD], rows);
}

export function foldTable({ users, eventsPerSecond, cpuMicros, heap }: FoldResult): string {
  return table(
    ['users', 'events/s', 'CPU µs/event', 'heap B/user'],
    [[whole(users), whole(eventsPerSecond), tenths(cpuMicros), whole(heap)]],
  );
}
