import { describe, expect, test } from '@jest/globals';
import { SingleFlight } from './single-flight.ts';

describe('single-flight', () => {
  test('shares the call in flight among callers of the same key', async () => {
    const flights = new SingleFlight<string, string>();
    const { promise, resolve } = Promise.withResolvers<string>();
    const keys: string[] = [];
    const work = (key: string) => () => {
      keys.push(key);
      return promise;
    };
    const calls = [flights.run('a', work('a')), flights.run('a', work('a')), flights.run('b', work('b'))];
    expect(keys).toEqual(['a', 'b']);
    resolve('value');
    expect(await Promise.all(calls)).toEqual(['value', 'value', 'value']);
  });

  test('starts a new call after the last one has settled, also after a failure', async () => {
    const flights = new SingleFlight<string, number>();
    await expect(flights.run('a', () => Promise.reject(new Error('unavailable')))).rejects.toThrow('unavailable');
    expect(flights.get('a')).toBeUndefined();
    expect(await flights.run('a', async () => 1)).toBe(1);
    expect(await flights.run('a', async () => 2)).toBe(2);
  });
});
