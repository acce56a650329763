import type { IncomingMessage } from 'node:http';
import { PassThrough } from 'node:stream';
import { expect, test } from '@jest/globals';
import { readBody } from './read-body.ts';

interface Read {
  readonly error: Error | null;
  readonly text: string;
}

/** @param declared the header Content-Length */
function read(pieces: readonly (string | Buffer)[], declared?: number): Promise<Read> {
  const payload = Object.assign(new PassThrough(), {
    headers: declared === undefined ? {} : { 'content-length': `${declared}` },
  });
  const done = new Promise<Read>((resolve) => {
    readBody(payload as unknown as IncomingMessage, 1_000, (error, text) => resolve({ error, text }));
  });
  for (const piece of pieces) payload.write(piece);
  payload.end();
  return done;
}

const tooLarge = expect.objectContaining({ code: 'PAYLOAD_TOO_LARGE' });

test('reads a body in one piece, in several, and none', async () => {
  expect(await read(['{"a":1}'], 7)).toEqual({ error: null, text: '{"a":1}' });
  expect(await read(['{"a"', ':1}'], 7)).toEqual({ error: null, text: '{"a":1}' });
  expect(await read([])).toEqual({ error: null, text: '' });
});

test('keeps characters whole that pieces split', async () => {
  const bytes = [...Buffer.from('서울🎫')].map((byte) => Buffer.from([byte]));
  expect((await read(bytes)).text).toBe('서울🎫');
});

test('rejects a body that is longer than the limit, declared or not', async () => {
  expect((await read(['x'.repeat(1_001)])).error).toEqual(tooLarge);
  expect((await read([], 1_001)).error).toEqual(tooLarge);
  expect((await read(['x'.repeat(1_000)])).error).toBeNull();
});

test('rejects a body in more than 256 pieces', async () => {
  expect((await read(Array.from({ length: 257 }, () => 'x'))).error).toEqual(tooLarge);
  expect((await read(Array.from({ length: 256 }, () => 'x'))).error).toBeNull();
});
