import type { EntryChange, Offset, UserId } from '../../../domain/types.ts';
import { encodeEntry } from './entry-codec.ts';

/**
 * The changes of one step as the arguments that `apply` in scripts/generation.lua reads. Given in the order of happening; the
 * last of a user and kind is the one that counts.
 */
export function changeArguments(changes: readonly EntryChange[]): string[] {
  const entries = new Map<UserId, string>();
  const waiting = new Map<UserId, Offset>();
  const forgotten = new Set<UserId>();
  const bars = new Map<UserId, boolean>();
  const touched = new Set<UserId>();
  for (const change of changes) {
    const { userId } = change;
    if (change.state === 'USER_DISQUALIFIED' || change.state === 'USER_REINSTATED') {
      bars.set(userId, change.state === 'USER_DISQUALIFIED');
      continue;
    }
    touched.add(userId);
    waiting.delete(userId);
    if (change.state === 'PURGED') {
      entries.delete(userId);
      forgotten.add(userId);
      continue;
    }
    forgotten.delete(userId);
    entries.set(userId, encodeEntry(change));
    if (change.state === 'WAITING') waiting.set(userId, change.place);
  }
  const gone = [...touched].filter((userId) => !waiting.has(userId));
  const disqualified = [...bars.keys()].filter((userId) => bars.get(userId) === true);
  const reinstated = [...bars.keys()].filter((userId) => bars.get(userId) === false);
  return [
    String(entries.size),
    ...[...entries].flat(),
    ...counted([...forgotten]),
    String(waiting.size),
    ...[...waiting].flatMap(([userId, place]) => [String(place), userId]),
    ...counted(gone),
    ...counted(disqualified),
    ...counted(reinstated),
  ];
}

function counted(userIds: readonly UserId[]): string[] {
  return [String(userIds.length), ...userIds];
}
