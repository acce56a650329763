import type { EntryTimeline } from '../../../application/operations/entry-timelines.ts';
import type { SimulatedEntry, SimulationReport } from '../../../application/operations/simulate-concert.ts';
import { waitOf } from '../../../application/operations/waiting-times.ts';

const WIDTH = 900;
const HEIGHT = 420;
const MARGIN = { left: 70, right: 20, top: 60, bottom: 50 };
/** Points of a line; longer series are sampled. */
const MAX_POINTS = 300;
const TICKS = 5;
const LINES = [
  { name: 'recorded', colour: '#555555' },
  { name: 'simulated', colour: '#d2491a' },
] as const;

type Point = readonly [x: number, y: number];

/** An SVG chart of waiting time by time of request, recorded and simulated. */
export function waitingTimeChart({ concertId, recordedPolicy, policy, entries }: SimulationReport): string {
  const start = entries.reduce((first, { waitsFrom }) => Math.min(first, waitsFrom), Number.POSITIVE_INFINITY);
  const lines = LINES.map(({ name, colour }) => ({ name, colour, points: pointsOf(entries, name, start) }));
  const all = lines.flatMap(({ points }) => points);
  const [width, height] = [maxOf(all.map(([x]) => x)), maxOf(all.map(([, y]) => y))];
  const x = (seconds: number): number => MARGIN.left + (seconds / width) * (WIDTH - MARGIN.left - MARGIN.right);
  const y = (seconds: number): number =>
    HEIGHT - MARGIN.bottom - (seconds / height) * (HEIGHT - MARGIN.top - MARGIN.bottom);
  const polylines = lines.map(({ points, colour }) => {
    const path = points.map(([time, wait]) => `${x(time).toFixed(1)},${y(wait).toFixed(1)}`).join(' ');
    return `<polyline fill="none" stroke="${colour}" stroke-width="2" points="${path}"/>`;
  });
  const legend = lines.map(
    ({ name, colour }, index) =>
      `<text x="${MARGIN.left + 10 + index * 110}" y="46" fill="${colour}">&#9632; ${name}</text>`,
  );
  const ticks = Array.from({ length: TICKS + 1 }, (_, tick) => {
    const [across, up] = [(width * tick) / TICKS, (height * tick) / TICKS];
    return [
      `<line x1="${MARGIN.left}" x2="${WIDTH - MARGIN.right}" y1="${y(up)}" y2="${y(up)}" stroke="#dddddd"/>`,
      `<text x="${MARGIN.left - 8}" y="${y(up) + 4}" text-anchor="end">${duration(up)}</text>`,
      `<text x="${x(across)}" y="${HEIGHT - MARGIN.bottom + 20}" text-anchor="middle">${duration(across)}</text>`,
    ].join('');
  });
  const changed = Object.entries(policy).filter(([name, value]) =>
    Object.entries(recordedPolicy).some(([other, before]) => other === name && before !== value),
  );
  const policyText =
    changed.length === 0 ? 'the recorded policy' : changed.map(([name, value]) => `${name}=${value}`).join(', ');
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="sans-serif" font-size="13">`,
    `<rect width="${WIDTH}" height="${HEIGHT}" fill="#ffffff"/>`,
    `<text x="${MARGIN.left}" y="24" font-size="16">${concertId}: waiting time until the call, with ${policyText}</text>`,
    ...legend,
    ...ticks,
    ...polylines,
    `<text x="${WIDTH / 2}" y="${HEIGHT - 8}" text-anchor="middle">time of the request after the first request</text>`,
    '</svg>',
  ].join('\n');
}

/** Seconds after the first request, and seconds waited. */
function pointsOf(
  entries: readonly SimulatedEntry[],
  which: 'recorded' | 'simulated',
  start: number,
): readonly Point[] {
  const points = entries
    .flatMap((entry): Point[] => {
      const timeline: EntryTimeline | undefined = entry[which];
      const wait = timeline && waitOf(timeline);
      return timeline && wait !== undefined ? [[(timeline.waitsFrom - start) / 1_000, wait / 1_000]] : [];
    })
    .toSorted(([a], [b]) => a - b);
  const step = Math.ceil(points.length / MAX_POINTS);
  return points.filter((_, index) => index % step === 0 || index === points.length - 1);
}

/** The largest value; 1 for none, because the axes divide by it. */
function maxOf(values: readonly number[]): number {
  return values.reduce((max, value) => Math.max(max, value), 0) || 1;
}

/** The two largest units, as in `3m20s`. */
export function duration(seconds: number): string {
  if (seconds < 10) return `${Number(seconds.toFixed(1))}s`;
  const whole = Math.round(seconds);
  const [hours, minutes, rest] = [Math.floor(whole / 3_600), Math.floor((whole % 3_600) / 60), whole % 60];
  if (hours > 0) return `${hours}h${minutes}m`;
  return minutes > 0 ? `${minutes}m${rest}s` : `${rest}s`;
}
