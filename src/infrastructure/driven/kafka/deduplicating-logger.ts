import type { Logger } from '../../../application/ports/logger.port.ts';

const INTERVAL_MS = 10_000;
const MAX_REMEMBERED = 500;

/**
 * Logs the same message at most once in 10 s, with the number of suppressed repeats: kafkajs logs many times a second while a
 * broker is unavailable.
 */
export function deduplicatingLogger(log: Logger, now: () => number = Date.now): Logger {
  const seen = new Map<string, { readonly at: number; suppressed: number }>();
  const logAt = (level: keyof Logger) => (message: string) => {
    const key = `${level} ${message}`;
    const earlier = seen.get(key);
    if (earlier && now() - earlier.at < INTERVAL_MS) {
      earlier.suppressed++;
      return;
    }
    if (seen.size >= MAX_REMEMBERED) seen.clear();
    seen.set(key, { at: now(), suppressed: 0 });
    log[level](earlier?.suppressed ? `${message} (repeated ${earlier.suppressed} times)` : message);
  };
  return { debug: logAt('debug'), info: logAt('info'), warn: logAt('warn'), error: logAt('error') };
}
