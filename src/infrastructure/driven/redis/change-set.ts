import type { EntryChange, Offset, UserId } from '../../../domain/types.ts';
import { encodeEntry } from './entry-codec.ts';

/**
 * Encodes changes as the arguments of `apply` in scripts/generation.lua.
 * @param changes in log order; the last change of each user and kind wins
 */
export function changeArguments(changes: readonly EntryChange[]): string[] {
  const entries = new Map<UserId, string>();
  const waiting = new Map<UserId, Offset>();
  const purged = new Set<UserId>();
  const disqualifications = new Map<UserId, boolean>();
  const changed = new Set<UserId>();
  for (const change of changes) {
    const { userId } = change;
    if (change.state === 'USER_DISQUALIFIED' || change.state === 'USER_REINSTATED') {
      disqualifications.set(userId, change.state === 'USER_DISQUALIFIED');
      continue;
    }
    changed.add(userId);
    waiting.delete(userId);
    if (change.state === 'PURGED') {
      entries.delete(userId);
      purged.add(userId);
      continue;
    }
    purged.delete(userId);
    entries.set(userId, encodeEntry(change));
    if (change.state === 'WAITING') waiting.set(userId, change.place);
  }
  const notWaiting = [...changed].filter((userId) => !waiting.has(userId));
  const disqualified = [...disqualifications.keys()].filter((userId) => disqualifications.get(userId) === true);
  const reinstated = [...disqualifications.keys()].filter((userId) => disqualifications.get(userId) === false);
  return [
    String(entries.size),
    ...[...entries].flat(),
    ...withLength([...purged]),
    String(waiting.size),
    ...[...waiting].flatMap(([userId, place]) => [String(place), userId]),
    ...withLength(notWaiting),
    ...withLength(disqualified),
    ...withLength(reinstated),
  ];
}

function withLength(userIds: readonly UserId[]): string[] {
  return [String(userIds.length), ...userIds];
}
