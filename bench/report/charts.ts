/** The charts beside docs/benchmarks.md. */
import { BOUNDS_MS } from '../sections/rates.ts';
import { barChart, lineChart } from './chart.ts';
import { SHARES } from './rates-tables.ts';
import type { Results } from './results.ts';

const [BOUND] = BOUNDS_MS;

/** SVG texts by file name, for the sections that were measured. */
export function chartsOf(results: Results): Record<string, string> {
  const [rates, concerts, waiting] = [results.rates?.found, results.concerts?.found, results.waiting?.found];
  const evenly = concerts?.filter(({ hotShare }) => hotShare === undefined) ?? [];
  return {
    ...(rates && {
      sustained: barChart(
        'Sustained entries per second at p99 <= 50 ms',
        '/s',
        rates.map(({ title, sustained }) => [title.replaceAll('`', ''), sustained[BOUND]?.rate ?? 0]),
      ),
      latency: lineChart({
        title: 'p99 by rate',
        x: 'offered entries/s',
        y: 'ms',
        series: rates
          .map(({ title, atShares }) => ({
            name: title.replaceAll('`', ''),
            points: SHARES.flatMap((share) =>
              atShares[share] ? [[atShares[share].grantedPerSecond, atShares[share].p99] as const] : [],
            ),
          }))
          .filter(({ points }) => points.length > 1),
      }),
    }),
    ...(concerts && {
      concerts: lineChart({
        title: 'Accepted entries per second by number of concerts',
        x: 'concerts',
        y: 'entries/s',
        logarithmicX: true,
        series: [64, 256].map((connections) => ({
          name: `${connections} connections`,
          points: evenly.map((one) => [one.concerts, one.entries[connections]?.grantedPerSecond ?? 0] as const),
        })),
      }),
    }),
    ...(waiting && {
      waiting: lineChart({
        title: 'Rates by number of waiting users',
        x: 'waiting',
        y: 'per second',
        logarithmicX: true,
        series: [
          {
            name: 'entries accepted',
            points: waiting.sizes.map((one) => [one.waiting, one.entries.grantedPerSecond] as const),
          },
          {
            name: 'own entries read',
            points: waiting.sizes.map((one) => [one.waiting, one.polls.grantedPerSecond] as const),
          },
        ],
      }),
      memory: lineChart({
        title: 'Redis: bytes per waiting user',
        x: 'waiting',
        y: 'bytes',
        logarithmicX: true,
        series: [{ name: 'Redis', points: waiting.sizes.map((one) => [one.waiting, one.redisBytes] as const) }],
      }),
    }),
  };
}
