import type { Logger } from '../../../application/ports/logger.port.ts';

const REPEATED_AFTER_MS = 10_000;
const MOST_REMEMBERED = 500;

/**
 * Passes the same line on once in ten seconds, with the number of those left out: while a broker is away, the same is said many
 * times a second.
 */
export function deduplicatingLogger(log: Logger, now: () => number = Date.now): Logger {
  const seen = new Map<string, { readonly at: number; leftOut: number }>();
  const say = (level: keyof Logger) => (message: string) => {
    const key = `${level} ${message}`;
    const earlier = seen.get(key);
    if (earlier && now() - earlier.at < REPEATED_AFTER_MS) {
      earlier.leftOut++;
      return;
    }
    if (seen.size >= MOST_REMEMBERED) seen.clear();
    seen.set(key, { at: now(), leftOut: 0 });
    log[level](earlier?.leftOut ? `${message} (and ${earlier.leftOut} times more)` : message);
  };
  return { debug: say('debug'), info: say('info'), warn: say('warn'), error: say('error') };
}
