import type { Change, Offset, UserId } from '../../../domain/types.ts';
import { encodeLife } from './entry-codec.ts';

/**
 * The changes of one step as the arguments that `apply` in scripts/generation.lua reads. Given in the order of happening; the
 * last of a user and kind is the one that counts.
 */
export function changeArguments(changes: readonly Change[]): string[] {
  const lives = new Map<UserId, string>();
  const waiting = new Map<UserId, Offset>();
  const forgotten = new Set<UserId>();
  const bars = new Map<UserId, boolean>();
  const touched = new Set<UserId>();
  for (const change of changes) {
    const { userId } = change;
    if (change.state === 'BARRED' || change.state === 'UNBARRED') {
      bars.set(userId, change.state === 'BARRED');
      continue;
    }
    touched.add(userId);
    waiting.delete(userId);
    if (change.state === 'FORGOTTEN') {
      lives.delete(userId);
      forgotten.add(userId);
      continue;
    }
    forgotten.delete(userId);
    lives.set(userId, encodeLife(change));
    if (change.state === 'WAITING') waiting.set(userId, change.place);
  }
  const gone = [...touched].filter((userId) => !waiting.has(userId));
  const barred = [...bars.keys()].filter((userId) => bars.get(userId) === true);
  const unbarred = [...bars.keys()].filter((userId) => bars.get(userId) === false);
  return [
    String(lives.size),
    ...[...lives].flat(),
    ...counted([...forgotten]),
    String(waiting.size),
    ...[...waiting].flatMap(([userId, place]) => [String(place), userId]),
    ...counted(gone),
    ...counted(barred),
    ...counted(unbarred),
  ];
}

function counted(userIds: readonly UserId[]): string[] {
  return [String(userIds.length), ...userIds];
}
