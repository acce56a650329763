import { describe, expect, jest, test } from '@jest/globals';
import RequestQueue from 'kafkajs/src/network/requestQueue/index.js';
import './kafkajs-request-queue.ts';

const logger = { debug: () => {}, warn: () => {} };

function queue() {
  const sent: number[] = [];
  const requests = new RequestQueue({
    maxInFlightRequests: null,
    requestTimeout: 1000,
    enforceRequestTimeout: true,
    clientId: 'c',
    broker: 'b',
    logger,
  });
  const push = (correlationId: number) =>
    requests.push({
      entry: { correlationId, resolve: () => {}, reject: () => {} },
      expectResponse: true,
      sendRequest: () => sent.push(correlationId),
    });
  const answer = (correlationId: number) =>
    requests.fulfillRequest({ correlationId, payload: Buffer.alloc(0), size: 0 });
  return { requests, sent, push, answer };
}

describe('the request queue of kafkajs', () => {
  test('starts no timer while nothing is pending', () => {
    jest.useFakeTimers();
    try {
      const { requests, sent, push, answer } = queue();
      push(1);
      answer(1);
      expect(sent).toEqual([1]);
      expect(requests.throttleCheckTimeoutId).toBeNull();
      expect(jest.getTimerCount()).toBe(0);
    } finally {
      jest.useRealTimers();
    }
  });

  test('delays requests while the broker throttles, and sends them afterwards', () => {
    jest.useFakeTimers();
    try {
      const { requests, sent, push, answer } = queue();
      push(1);
      requests.maybeThrottle(200);
      answer(1);
      push(2);
      expect(sent).toEqual([1]);
      jest.advanceTimersByTime(199);
      expect(sent).toEqual([1]);
      jest.advanceTimersByTime(20);
      expect(sent).toEqual([1, 2]);
      answer(2);
      expect(jest.getTimerCount()).toBe(0);
    } finally {
      jest.useRealTimers();
    }
  });
});
