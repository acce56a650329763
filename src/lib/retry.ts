import { setTimeout as delay } from 'node:timers/promises';
import { FatalError } from '../application/errors.ts';

const SHORTEST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 5000;

/**
 * Does something again and again until it works, with a pause that grows from 100 ms to 5 s.
 *
 * @param onTrouble told of each failure; with undefined once it has worked
 * @returns false when given up by the signal. @throws FatalError, which no repeating mends
 */
export async function retry(
  action: () => Promise<void>,
  signal: AbortSignal,
  onTrouble: (reason: string | undefined) => void,
): Promise<boolean> {
  for (let pause = SHORTEST_PAUSE_MS; !signal.aborted; pause = Math.min(2 * pause, LONGEST_PAUSE_MS)) {
    try {
      await action();
      onTrouble(undefined);
      return true;
    } catch (error) {
      if (error instanceof FatalError) throw error;
      onTrouble(error instanceof Error ? error.message : String(error));
      await delay(pause * (0.5 + Math.random() / 2), undefined, { signal }).catch(() => {}); // ends early when given up
    }
  }
  return false;
}
