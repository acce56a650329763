/** The charts beside docs/benchmarks.md. */
import { BOUNDS_MS } from '../sections/rates.ts';
import { barChart, lineChart } from './chart.ts';
import { SHARES } from './rates-tables.ts';
import type { Results } from './results.ts';

const [BOUND] = BOUNDS_MS;

/** SVG by the name of its file; of what was measured. */
export function chartsOf(results: Results): Record<string, string> {
  const [rates, concerts, waiting] = [results.rates?.found, results.concerts?.found, results.waiting?.found];
  const evenly = concerts?.filter(({ hotShare }) => hotShare === undefined) ?? [];
  return {
    ...(rates && {
      sustained: barChart(
        'Entries a second sustained at p99 <= 50 ms',
        '/s',
        rates.map(({ title, sustained }) => [title.replaceAll('`', ''), sustained[BOUND]?.rate ?? 0]),
      ),
      latency: lineChart({
        title: 'p99 by rate',
        x: 'entries a second offered',
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
        title: 'Accepted a second by concerts',
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
        title: 'Rates by number waiting',
        x: 'waiting',
        y: 'a second',
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
        title: 'Redis: bytes for each who waits',
        x: 'waiting',
        y: 'bytes',
        logarithmicX: true,
        series: [{ name: 'Redis', points: waiting.sizes.map((one) => [one.waiting, one.redisBytes] as const) }],
      }),
    }),
  };
}
