import type { QueueSnapshot } from './queue-snapshot.ts';

/** The state of a queue as text. Two states are equal if and only if their texts are equal. */
export function canonicalState({ offset, attributes, entries, disqualified }: QueueSnapshot): string {
  const sorted = {
    offset,
    attributes,
    entries: [...entries].sort((a, b) => compare(a.userId, b.userId)),
    disqualified: [...disqualified].sort(compare),
  };
  return JSON.stringify(sorted, (_key, value: unknown) => (isRecord(value) ? withSortedKeys(value) : value), 1);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function withSortedKeys(record: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(record).sort(([a], [b]) => compare(a, b)));
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
