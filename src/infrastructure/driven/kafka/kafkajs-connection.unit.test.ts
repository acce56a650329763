import { expect, test } from '@jest/globals';
import Connection from 'kafkajs/src/network/connection.js';
import createSocketFactory from 'kafkajs/src/network/socketFactory.js';
import './kafkajs-connection.ts';

const silent = { debug: () => {}, error: () => {}, warn: () => {}, namespace: () => silent };

function response(correlationId: number): Buffer {
  const bytes = Buffer.alloc(12);
  bytes.writeInt32BE(8);
  bytes.writeInt32BE(correlationId, 4);
  return bytes;
}

test('discards the partial response of a broken connection', () => {
  const connection = new Connection({
    host: '127.0.0.1',
    port: 1,
    logger: silent,
    socketFactory: createSocketFactory(),
  });
  const answered: number[] = [];
  connection.requestQueue.fulfillRequest = ({ correlationId }) => answered.push(correlationId);
  connection.processData(response(1));
  connection.processData(response(2).subarray(0, 9));
  connection.rejectRequests(new Error('reset'));
  connection.processData(response(3));
  connection.processData(response(4));
  expect(answered).toEqual([1, 3, 4]);
});
