import { expect, test } from '@jest/globals';
import type { WaitingResult } from '../sections/waiting.ts';
import type { Figures } from '../support/figures.ts';
import { extrapolationTable } from './extrapolation.ts';

const figures: Figures = {
  grantedPerSecond: 1,
  projectedPerSecond: 1,
  behindMs: 0,
  backgroundCpu: 0,
  errors: 0,
  p50: 1,
  p95: 1,
  p99: 1,
  p999: 1,
  cpuMicros: {},
  generatorMicros: 0,
};
const measured: WaitingResult = {
  sizes: [
    { waiting: 1_000, entries: figures, polls: figures, redisBytes: 500 },
    { waiting: 1_000_000, entries: figures, polls: figures, redisBytes: 200 },
  ],
  start: { emptySeconds: 2, seconds: 8, waiting: 1_000_000, projectorBytes: 400 },
  rebuild: { seconds: 10, eventsPerSecond: 1 },
  cold: { seconds: 12, events: 1_000_000, eventsPerSecond: 1 },
};

test('extrapolates memory and time, except the start of an empty projector', () => {
  const [, , asMeasured, extrapolated] = extrapolationTable(measured, 3_000_000)?.split('\n') ?? [];
  expect(asMeasured).toBe('| 1,000,000 | 200 | 400 | 8.0 | 12.0 | 10.0 |');
  expect(extrapolated).toBe('| 3,000,000, extrapolated | 600 | 1,200 | 20.0 | 32.0 | 30.0 |');
});

test('gives no table if a value was not measured', () => {
  const { cold: _, ...more } = measured;
  expect(extrapolationTable(more, 3_000_000)).toBeUndefined();
});
