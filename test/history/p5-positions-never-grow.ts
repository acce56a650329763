import { type Call, describeCall } from './history.ts';
import type { Check } from './recorded-state.ts';

/** P5: as `projectedOffset` grows, the position of a waiting entry never grows. */
export const positionsNeverGrow: Check = ({ history }) => {
  const violations: string[] = [];
  const response = history.calls.flatMap((call) =>
    call.response.is === 'entry' && call.request.is === 'getEntry' && call.response.entry.position !== undefined
      ? [{ call, userId: call.request.userId, ...call.response.entry, position: call.response.entry.position }]
      : [],
  );
  const last = new Map<string, { readonly call: Call; readonly position: number }>();
  for (const { call, userId, offset, position } of response.toSorted((a, b) => a.projectedOffset - b.projectedOffset)) {
    const key = `${call.concertId} ${userId} ${offset}`;
    const before = last.get(key);
    if (before && position > before.position)
      violations.push(`${describeCall(call)} had a smaller position in ${describeCall(before.call)}`);
    last.set(key, { call, position });
  }
  return violations;
};
