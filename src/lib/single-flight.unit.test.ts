import { describe, expect, test } from '@jest/globals';
import { SingleFlight } from './single-flight.ts';

describe('a shared question', () => {
  test('is asked once for all who come while another is under way, and anew for them', async () => {
    const answers: ((answer: string) => void)[] = [];
    const freshest = new SingleFlight(() => new Promise<string>((resolve) => answers.push(resolve)));
    const first = freshest.get();
    const second = freshest.get();
    const third = freshest.get();
    expect(answers).toHaveLength(1);
    answers[0]?.('old');
    expect(await first).toBe('old');
    expect(answers).toHaveLength(2);
    answers[1]?.('new');
    expect(await Promise.all([second, third])).toEqual(['new', 'new']);
  });

  test('is asked again after a failure', async () => {
    let asked = 0;
    const freshest = new SingleFlight(async () => {
      if (asked++ === 0) throw new Error('away');
      return asked;
    });
    const [first, second] = await Promise.allSettled([freshest.get(), freshest.get()]);
    expect(first.status).toBe('rejected');
    expect(second).toEqual({ status: 'fulfilled', value: 2 });
  });
});
