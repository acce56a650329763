import { expect, test } from '@jest/globals';
import { produceRequest } from './tcp-proxy.ts';

/** A Kafka request: length, API key, version, correlation id, client id. */
function request(apiKey: number, correlation: number): Buffer {
  const bytes = Buffer.alloc(20);
  bytes.writeInt32BE(16, 0);
  bytes.writeInt16BE(apiKey, 4);
  bytes.writeInt32BE(correlation, 8);
  return bytes;
}

function response(correlation: number, length: number): Buffer {
  const bytes = Buffer.alloc(4 + length, 0xff);
  bytes.writeInt32BE(length, 0);
  bytes.writeInt32BE(correlation, 4);
  return bytes;
}

test('recognizes the response to a produce request, also behind others in the same chunk', () => {
  const isIt = produceRequest(request(0, 7));
  expect(isIt?.(response(7, 40))).toBe(true);
  expect(isIt?.(Buffer.concat([response(5, 60), response(6, 12), response(7, 40)]))).toBe(true);
  expect(isIt?.(Buffer.concat([response(5, 60), response(8, 12)]))).toBe(false);
});

test('ignores other requests, and bytes that are no response', () => {
  expect(produceRequest(request(1, 7))).toBeUndefined();
  expect(produceRequest(request(0, 7))?.(Buffer.alloc(64))).toBe(false);
});
