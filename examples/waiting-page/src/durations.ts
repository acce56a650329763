import type { Messages } from './messages.ts';

/** As rough as an estimate is. */
export function roughly(seconds: number, words: Messages): string {
  const minutes = Math.ceil(seconds / 60);
  if (seconds < 60) return words.soon;
  if (minutes < 60) return words.minutes(minutes);
  const quarters = Math.ceil(minutes / 15) * 15;
  return words.hours(Math.floor(quarters / 60), quarters % 60);
}

/** For reading aloud, and for windows: `1 minute 30 seconds`. */
export function exactly(seconds: number, words: Messages): string {
  const whole = Math.max(0, Math.ceil(seconds));
  return words.exactly(Math.floor(whole / 60), whole % 60);
}

/** For a clock: `1:30`, `2:03:00`. */
export function clock(seconds: number): string {
  const whole = Math.max(0, Math.ceil(seconds));
  const [h, m, s] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const two = (n: number): string => String(n).padStart(2, '0');
  return h > 0 ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
}
