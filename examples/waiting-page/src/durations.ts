import type { Messages } from './messages.ts';

/** A rounded duration, for estimates. */
export function formatEstimate(seconds: number, messages: Messages): string {
  const minutes = Math.ceil(seconds / 60);
  if (seconds < 60) return messages.soon;
  if (minutes < 60) return messages.minutes(minutes);
  const quarters = Math.ceil(minutes / 15) * 15;
  return messages.hours(Math.floor(quarters / 60), quarters % 60);
}

/** A duration in words, for screen readers and time limits: `1 minute 30 seconds`. */
export function formatDuration(seconds: number, messages: Messages): string {
  const whole = Math.max(0, Math.ceil(seconds));
  return messages.duration(Math.floor(whole / 60), whole % 60);
}

/** A countdown: `1:30`, `2:03:00`. */
export function formatClock(seconds: number): string {
  const whole = Math.max(0, Math.ceil(seconds));
  const [h, m, s] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const two = (n: number): string => String(n).padStart(2, '0');
  return h > 0 ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
}
