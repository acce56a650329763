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
      search.tell({ rate, p99: p99At(rate), clean: rate < capacity });
    }
  return { search, tries };
}

describe('the search for a sustained rate', () => {
  test.each([20, 50, 200])('finds it for a bound of %i ms, from below', (bound) => {
    const { search } = searched([bound]);
    expect(search.best(bound)).toBeLessThanOrEqual(sustainedAt(bound));
    expect(search.best(bound)).toBeGreaterThan(sustainedAt(bound) * 0.97);
  });

  test('uses what was tried for one bound for the next', () => {
    expect(searched([50, 200]).tries).toBeLessThan(searched([50]).tries + searched([200]).tries);
  });

  test('takes no rate at which something went wrong, however fast the rest was', () => {
    const search = new RateSearch(1000, 0.05);
    search.tell({ rate: 600, p99: 1, clean: false });
    expect(search.best(50)).toBe(0);
    expect(search.next(50)).toBe(300);
  });

  test('believes a rate that held, though a lower one had failed', () => {
    const search = new RateSearch(1000, 0.05);
    search.tell({ rate: 600, p99: 90, clean: true });
    search.tell({ rate: 800, p99: 40, clean: true });
    expect(search.best(50)).toBe(800);
    expect(search.next(50)).toBe(900);
  });

  test('finds a rate that failed for a while only, by trying it again in the end', () => {
    const search = new RateSearch(1000, 0.07);
    let tries = 0;
    for (let rate = search.next(50); rate !== undefined; rate = search.next(50)) {
      tries += 1;
      search.tell({ rate, p99: tries <= 2 || rate > 700 ? 90 : 20, clean: true }); // disturbed at first
    }
    expect(search.best(50)).toBeGreaterThan(650);
    expect(search.best(50)).toBeLessThanOrEqual(700);
    expect(tries).toBeLessThan(20);
  });

  test('ends when it never holds', () => {
    const search = new RateSearch(1000, 0.05);
    let tries = 0;
    for (let rate = search.next(50); rate !== undefined && tries < 50; rate = search.next(50)) {
      search.tell({ rate, p99: 60, clean: true });
      tries += 1;
    }
    expect(search.best(50)).toBe(0);
    expect(tries).toBeLessThan(50);
  });
});
