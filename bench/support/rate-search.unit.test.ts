import { describe, expect, test } from '@jest/globals';
import { RateSearch } from './rate-search.ts';

/** A queue in equilibrium: latency grows without bound towards the capacity. */
const capacity = 10_000;
const p99At = (rate: number): number => (rate >= capacity ? 5_000 : 5 / (1 - rate / capacity));
const sustainedAt = (bound: number): number => capacity * (1 - 5 / bound);

function searched(bounds: readonly number[], resolution = 0.02): { readonly search: RateSearch; tries: number } {
  const search = new RateSearch(14_000, resolution);
  let tries = 0;
  for (const bound of bounds)
    for (let rate = search.next(bound); rate !== undefined; rate = search.next(bound)) {
      tries += 1;
      if (tries > 50) throw new Error('the search does not end');
      search.record({ rate, p99: p99At(rate), clean: rate < capacity });
    }
  return { search, tries };
}

describe('the search for a sustained rate', () => {
  test.each([20, 50, 200])('finds the rate for a bound of %i ms from below', (bound) => {
    const { search } = searched([bound]);
    expect(search.best(bound)).toBeLessThanOrEqual(sustainedAt(bound));
    expect(search.best(bound)).toBeGreaterThan(sustainedAt(bound) * 0.97);
  });

  test('reuses the probes of one bound for the next', () => {
    expect(searched([50, 200]).tries).toBeLessThan(searched([50]).tries + searched([200]).tries);
  });

  test('rejects a rate with errors, whatever its latency', () => {
    const search = new RateSearch(1000, 0.05);
    search.record({ rate: 600, p99: 1, clean: false });
    expect(search.best(50)).toBe(0);
    expect(search.next(50)).toBe(300);
  });

  test('accepts a rate that held although a lower one failed', () => {
    const search = new RateSearch(1000, 0.05);
    search.record({ rate: 600, p99: 90, clean: true });
    search.record({ rate: 800, p99: 40, clean: true });
    expect(search.best(50)).toBe(800);
    expect(search.next(50)).toBe(900);
  });

  test('repeats a failed rate at the end, and finds it if the failure was temporary', () => {
    const search = new RateSearch(1000, 0.07);
    let tries = 0;
    for (let rate = search.next(50); rate !== undefined; rate = search.next(50)) {
      tries += 1;
      search.record({ rate, p99: tries <= 2 || rate > 700 ? 90 : 20, clean: true }); // disturbed at first
    }
    expect(search.best(50)).toBeGreaterThan(650);
    expect(search.best(50)).toBeLessThanOrEqual(700);
    expect(tries).toBeLessThan(20);
  });

  test('ends when no rate holds', () => {
    const search = new RateSearch(1000, 0.05);
    let tries = 0;
    for (let rate = search.next(50); rate !== undefined && tries < 50; rate = search.next(50)) {
      search.record({ rate, p99: 60, clean: true });
      tries += 1;
    }
    expect(search.best(50)).toBe(0);
    expect(tries).toBeLessThan(50);
  });
});
