import { type Call, words } from './history.ts';
import type { Check } from './recorded-state.ts';

/** P5: between answers of growing `projectedOffset` a waiting position never grows. */
export const positionsFall: Check = ({ history }) => {
  const violations: string[] = [];
  const told = history.calls.flatMap((call) =>
    call.told.is === 'entry' && call.said.is === 'look' && call.told.entry.position !== undefined
      ? [{ call, userId: call.said.userId, ...call.told.entry, position: call.told.entry.position }]
      : [],
  );
  const last = new Map<string, { readonly call: Call; readonly position: number }>();
  for (const { call, userId, offset, position } of told.toSorted((a, b) => a.projectedOffset - b.projectedOffset)) {
    const key = `${call.concertId} ${userId} ${offset}`;
    const before = last.get(key);
    if (before && position > before.position)
      violations.push(`${words(call)} stood further in front at ${words(before.call)}`);
    last.set(key, { call, position });
  }
  return violations;
};
