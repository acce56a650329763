import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { EventParser, eventsOf } from '../../clients/typescript/src/event-stream.ts';

const parse = (pieces: readonly string[]) => {
  const parser = new EventParser();
  return pieces.flatMap((piece) => parser.push(piece));
};

describe('an event stream', () => {
  test('is read as the standard says', () => {
    const text =
      ': hello\n\nevent: entry\nid: 7\ndata: {"a":\ndata:1}\n\nretry: 5\ndata\n\nid: x\0y\nid\nevent: lonely\n\ndata: last\r\n\r\ndata: cut';
    expect(parse([text])).toEqual([
      { type: 'entry', data: '{"a":\n1}', id: '7' },
      { type: 'message', data: '', id: '7' },
      { type: 'message', data: 'last', id: '' },
    ]);
  });

  test('says the same however it is cut', () => {
    const lines = fc.constantFrom('data: a', 'data:é', 'event: entry', 'id: 3', ': x', '', 'data');
    const text = fc.array(fc.tuple(lines, fc.constantFrom('\n', '\r\n', '\r')).map((parts) => parts.join('')));
    fc.assert(
      fc.property(text, fc.array(fc.nat(30)), (all, cuts) => {
        // Closed by a line that is not part of a line end.
        const whole = `${all.join('')}x\n`;
        const pieces: string[] = [];
        let at = 0;
        for (const size of cuts) pieces.push(whole.slice(at, (at += size)));
        expect(parse([...pieces, whole.slice(at)])).toEqual(parse([whole]));
      }),
    );
  });

  test('that falls silent is given up, and one that ends ends', async () => {
    const bytes = (text: string) => new TextEncoder().encode(text);
    const open = new ReadableStream<Uint8Array>({ start: (to) => to.enqueue(bytes('data: 1\n\n')) });
    const seen: string[] = [];
    const reading = (async () => {
      for await (const { data } of eventsOf(open, 20)) seen.push(data);
    })();
    await expect(reading).rejects.toThrow('nothing was heard');
    const short = new ReadableStream<Uint8Array>({
      start: (to) => {
        to.enqueue(bytes('data: 한').subarray(0, 7)); // half a letter
        to.enqueue(bytes('한').subarray(1));
        to.enqueue(bytes('\n\n'));
        to.close();
      },
    });
    for await (const { data } of eventsOf(short, 1_000)) seen.push(data);
    expect(seen).toEqual(['1', '한']);
  });
});
