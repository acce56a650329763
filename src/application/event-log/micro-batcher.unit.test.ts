import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { type BatchAck, DEFAULT_LIMITS, MicroBatcher, type ProducerRecord } from './micro-batcher.ts';

interface Sent {
  readonly partition: number;
  readonly keys: string[];
  readonly ack: (ack: BatchAck) => void;
  readonly fail: (error: Error) => void;
}

/** A batcher whose sends the test acknowledges or fails. */
function batcher(limits: Partial<typeof DEFAULT_LIMITS> = {}) {
  const sent: Sent[] = [];
  const send = (partition: number, records: readonly ProducerRecord[]) =>
    new Promise<BatchAck>((ack, fail) => sent.push({ partition, keys: records.map(({ key }) => key), ack, fail }));
  const batches = new MicroBatcher('t', 3, send, { ...DEFAULT_LIMITS, lingerMs: 5, ...limits });
  const append = (key: string, partition = 0, bytes = 1, priority: 'request' | 'control' = 'request') =>
    batches.append({ key, partition, value: Buffer.alloc(bytes) }, priority);
  return { batches, sent, append };
}
const flushed = () => jest.advanceTimersByTimeAsync(0);

describe('batching', () => {
  beforeEach(() => {
    jest.useFakeTimers();
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  test('sends a batch as soon as no more records arrive, and gives each record its own offset', async () => {
    const { sent, append } = batcher();
    const first = append('a');
    jest.advanceTimersByTime(0); // one turn
    expect(sent).toHaveLength(0);
    const both = Promise.all([first, append('b')]);
    jest.advanceTimersByTime(2);
    expect(sent.map(({ keys }) => keys)).toEqual([['a', 'b']]);
    sent[0]?.ack({ baseOffset: 40, timestamp: 7 });
    expect(await both).toEqual([
      { topic: 't', partition: 0, offset: 40, timestamp: 7 },
      { topic: 't', partition: 0, offset: 41, timestamp: 7 },
    ]);
  });

  test('holds the batches of all partitions while records arrive for any of them, and sends them together', () => {
    const { sent, append } = batcher();
    void append('a', 0);
    jest.advanceTimersByTime(0);
    void append('b', 1);
    jest.advanceTimersByTime(0);
    void append('c', 2);
    jest.advanceTimersByTime(0);
    expect(sent).toHaveLength(0);
    jest.advanceTimersByTime(2);
    expect(sent.map(({ partition, keys }) => `${partition} ${keys.join()}`)).toEqual(['0 a', '1 b', '2 c']);
  });

  test('has one send in flight per partition, while the next batch fills', async () => {
    const { sent, append } = batcher();
    const first = append('a');
    jest.advanceTimersByTime(5);
    const second = append('b');
    const third = append('c');
    const elsewhere = append('x', 1);
    jest.advanceTimersByTime(50);
    expect(sent.map(({ keys }) => keys)).toEqual([['a'], ['x']]);
    sent[0]?.ack({ baseOffset: 0, timestamp: 1 });
    sent[1]?.ack({ baseOffset: 0, timestamp: 1 });
    await Promise.all([first, elsewhere]);
    expect(sent.map(({ keys }) => keys)).toEqual([['a'], ['x'], ['b', 'c']]);
    sent[2]?.ack({ baseOffset: 1, timestamp: 1 });
    expect((await third).offset).toBe(2);
    await second;
  });

  test('sends a batch at the linger limit while records keep arriving', () => {
    const { sent, append } = batcher({ lingerMs: 5 });
    let more: NodeJS.Immediate | undefined;
    const arrive = (): void => {
      void append('a');
      more = setImmediate(arrive);
    };
    arrive();
    jest.advanceTimersByTime(4); // with fake timers a turn takes a millisecond
    expect(sent).toHaveLength(0);
    jest.advanceTimersByTime(2);
    clearImmediate(more);
    expect(sent).toHaveLength(1);
  });

  test('lets the next batch fill after a send', async () => {
    const { sent, append } = batcher();
    const first = append('a');
    jest.advanceTimersByTime(5);
    const second = append('b');
    sent[0]?.ack({ baseOffset: 0, timestamp: 1 });
    await first;
    expect(sent).toHaveLength(1);
    jest.advanceTimersByTime(5);
    expect(sent).toHaveLength(2);
    sent[1]?.ack({ baseOffset: 1, timestamp: 1 });
    await second;
  });

  test('limits the records of a batch, and keeps their order', async () => {
    const { sent, append } = batcher({ maxBatchRecords: 3 });
    const all = Promise.all(Array.from({ length: 8 }, (_, n) => append(`${n}`)));
    expect(sent.map(({ keys }) => keys)).toEqual([['0', '1', '2']]); // full: no lingering
    sent[0]?.ack({ baseOffset: 0, timestamp: 1 });
    await flushed();
    sent[1]?.ack({ baseOffset: 3, timestamp: 1 });
    await jest.advanceTimersByTimeAsync(5);
    expect(sent[2]?.keys).toEqual(['6', '7']);
    sent[2]?.ack({ baseOffset: 6, timestamp: 1 });
    expect((await all).map(({ offset }) => offset)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  });

  test('limits the bytes of a batch', () => {
    const { sent, append } = batcher({ maxBatchBytes: 1000 });
    void append('a', 0, 600);
    void append('b', 0, 600);
    expect(sent.map(({ keys }) => keys)).toEqual([['a', 'b']]);
  });

  test('rejects a record at the limit of pending records, and reserves room for admission control', async () => {
    const { batches, sent, append } = batcher({ maxPending: 2, reservedForControl: 1 });
    const taken = [append('a'), append('b', 1)];
    await expect(append('c')).rejects.toMatchObject({ code: 'OVERLOADED', retryAfterSeconds: 1 });
    const control = append('admit', 0, 1, 'control');
    await expect(append('admit more', 0, 1, 'control')).rejects.toMatchObject({ code: 'OVERLOADED' });
    jest.advanceTimersByTime(5);
    for (const { ack } of sent) ack({ baseOffset: 0, timestamp: 1 });
    await Promise.all([...taken, control]);
    expect(batches.unacknowledged).toBe(0);
    void append('c');
    expect(batches.unacknowledged).toBe(1);
  });

  test('rejects every record of a failed batch, and continues with the next one', async () => {
    const { sent, append } = batcher();
    const failed = [append('a'), append('b')].map((promise) => promise.catch((error: unknown) => error));
    jest.advanceTimersByTime(5);
    sent[0]?.fail(new Error('connection closed'));
    for (const error of await Promise.all(failed)) {
      expect(error).toMatchObject({ code: 'LOG_UNAVAILABLE', retryAfterSeconds: 1 });
    }
    const next = append('c');
    jest.advanceTimersByTime(5);
    sent[1]?.ack({ baseOffset: 9, timestamp: 1 });
    expect((await next).offset).toBe(9);
  });

  test('sends pending records when it is stopped, and rejects new ones', async () => {
    const { batches, sent, append } = batcher();
    const waiting = append('a');
    const stopped = batches.stop(1000);
    await expect(append('late')).rejects.toMatchObject({ code: 'LOG_UNAVAILABLE' });
    expect(sent.map(({ keys }) => keys)).toEqual([['a']]);
    sent[0]?.ack({ baseOffset: 0, timestamp: 1 });
    await Promise.all([stopped, waiting]);
  });

  test('stops after its timeout while a send is in flight', async () => {
    const { batches, append } = batcher({ maxBatchRecords: 1 });
    void append('a');
    const queued = append('b').catch((error: unknown) => error);
    const stopped = batches.stop(1000);
    await jest.advanceTimersByTimeAsync(1000);
    await stopped;
    expect(await queued).toMatchObject({ code: 'LOG_UNAVAILABLE' });
  });
});
