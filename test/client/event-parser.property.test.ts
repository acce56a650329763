import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { EventParser, eventsOf } from '../../clients/typescript/src/event-stream.ts';

const parse = (chunks: readonly string[]) => {
  const parser = new EventParser();
  return chunks.flatMap((chunk) => parser.push(chunk));
};

describe('an event stream', () => {
  test('is parsed as the HTML standard defines', () => {
    const text =
      ': hello\n\nevent: entry\nid: 7\ndata: {"a":\ndata:1}\n\nretry: 5\ndata\n\nid: x\0y\nid\nevent: lonely\n\ndata: last\r\n\r\ndata: cut';
    expect(parse([text])).toEqual([
      { type: 'entry', data: '{"a":\n1}', id: '7' },
      { type: 'message', data: '', id: '7' },
      { type: 'message', data: 'last', id: '' },
    ]);
  });

  test('yields the same events however it is split into chunks', () => {
    const lines = fc.constantFrom('data: a', 'data:é', 'event: entry', 'id: 3', ': x', '', 'data');
    const text = fc.array(fc.tuple(lines, fc.constantFrom('\n', '\r\n', '\r')).map((parts) => parts.join('')));
    fc.assert(
      fc.property(text, fc.array(fc.nat(30)), (all, cuts) => {
        // Ends with a complete line, so that no carriage return is left pending.
        const whole = `${all.join('')}x\n`;
        const chunks: string[] = [];
        let at = 0;
        for (const size of cuts) chunks.push(whole.slice(at, (at += size)));
        expect(parse([...chunks, whole.slice(at)])).toEqual(parse([whole]));
      }),
    );
  });

  test('fails without data for the idle timeout, and ends with the body', async () => {
    const bytes = (text: string) => new TextEncoder().encode(text);
    const open = new ReadableStream<Uint8Array>({ start: (to) => to.enqueue(bytes('data: 1\n\n')) });
    const seen: string[] = [];
    const limits = (silentMs: number) => ({ firstByteMs: 1_000, silentMs, onBytes: () => undefined });
    const reading = (async () => {
      for await (const { data } of eventsOf(open, limits(20))) seen.push(data);
    })();
    await expect(reading).rejects.toThrow('no data');
    const short = new ReadableStream<Uint8Array>({
      start: (to) => {
        to.enqueue(bytes('data: 한').subarray(0, 7)); // splits a character
        to.enqueue(bytes('한').subarray(1));
        to.enqueue(bytes('\n\n'));
        to.close();
      },
    });
    for await (const { data } of eventsOf(short, limits(1_000))) seen.push(data);
    expect(seen).toEqual(['1', '한']);
  });
});
