import type { Language } from './languages.ts';
import type { Messages } from './messages/en.ts';

/** Digits as in the countdown, in every language. */
export function formatNumber(n: number, language: Language): string {
  return n.toLocaleString(`${language}-u-nu-latn`);
}

/** A rounded duration, for estimates. */
export function formatEstimate(seconds: number, messages: Messages, language: Language): string {
  const minutes = Math.ceil(seconds / 60);
  if (seconds < 60) return messages.soon;
  const rounded = minutes < 60 ? minutes : Math.ceil(minutes / 15) * 15;
  const parts = { hour: Math.floor(rounded / 60), minute: rounded % 60 };
  return messages.about(inUnits(parts, language));
}

/** A duration in words, for screen readers and time limits: `1 minute 30 seconds`. */
export function formatDuration(seconds: number, language: Language): string {
  const whole = Math.max(0, Math.ceil(seconds));
  const parts = { hour: Math.floor(whole / 3_600), minute: Math.floor(whole / 60) % 60, second: whole % 60 };
  return inUnits(parts, language);
}

/** A countdown: `1:30`, `2:03:00`. */
export function formatClock(seconds: number): string {
  const whole = Math.max(0, Math.ceil(seconds));
  const [h, m, s] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const two = (n: number): string => String(n).padStart(2, '0');
  return h > 0 ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
}

/** Leaves out units of which there are none, unless there is nothing else. */
function inUnits(parts: Readonly<Record<string, number>>, language: Language): string {
  const units = Object.entries(parts);
  const shown = units.filter(([, n]) => n > 0);
  return (shown.length > 0 ? shown : units.slice(-1))
    .map(([unit, n]) =>
      new Intl.NumberFormat(`${language}-u-nu-latn`, { style: 'unit', unit, unitDisplay: 'long' }).format(n),
    )
    .join(' ');
}
