import { describe, expect, test } from '@jest/globals';
import { CoalescedCall } from './coalesced-call.ts';

describe('a coalesced call', () => {
  test('runs once for all callers that arrive while another call is in flight', async () => {
    const resolves: ((value: string) => void)[] = [];
    const call = new CoalescedCall(() => new Promise<string>((resolve) => resolves.push(resolve)));
    const first = call.run();
    const second = call.run();
    const third = call.run();
    expect(resolves).toHaveLength(1);
    resolves[0]?.('old');
    expect(await first).toBe('old');
    expect(resolves).toHaveLength(2);
    resolves[1]?.('new');
    expect(await Promise.all([second, third])).toEqual(['new', 'new']);
  });

  test('runs again after a failure', async () => {
    let calls = 0;
    const call = new CoalescedCall(async () => {
      if (calls++ === 0) throw new Error('unavailable');
      return calls;
    });
    const [first, second] = await Promise.allSettled([call.run(), call.run()]);
    expect(first.status).toBe('rejected');
    expect(second).toEqual({ status: 'fulfilled', value: 2 });
  });
});
