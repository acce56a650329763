import { describe, expect, test } from '@jest/globals';
import type { TailedRecord } from '../../../application/operations/tail-log.ts';
import type { QueueEvent } from '../../../domain/events.generated.ts';
import { formatRecord, isWanted } from './format-record.ts';

const at = (key: string): TailedRecord['record'] => ({
  partition: 7,
  offset: 41,
  timestamp: 1_764_586_800_000,
  key: Buffer.from(key),
  value: Buffer.from('x'),
  headers: {},
});
const configured: QueueEvent = {
  type: 'QueueConfigured',
  concertId: 'demo',
  occurredAt: 0,
  policy: {
    capacity: 10,
    admissionsPerMinute: 60,
    claimWindowSeconds: 60,
    activeWindowSeconds: 300,
    maximumWaiting: null,
    minimumBalance: null,
    opensAt: null,
    beforeOpening: 'reject',
    outcomeRetentionSeconds: 86_400,
  },
  drawNonce: null,
  drawCommitment: null,
};

describe('a log record', () => {
  test('omits fields that are null', () => {
    expect(formatRecord({ record: at('demo'), event: configured })).toBe(
      '2025-12-01T11:00:00.000Z  7/41        QueueConfigured      demo  policy={capacity=10 admissionsPerMinute=60 claimWindowSeconds=60 activeWindowSeconds=300 beforeOpening=reject outcomeRetentionSeconds=86400}',
    );
  });

  test('shows the texts of a notice on one line', () => {
    const texts = { en: 'Late:\nat "8".', ko: '지연' };
    const event: QueueEvent = { type: 'NoticePosted', concertId: 'demo', occurredAt: 0, texts };
    expect(formatRecord({ record: at('demo'), event })).toBe(
      '2025-12-01T11:00:00.000Z  7/41        NoticePosted         demo  texts={en="Late:\\nat \\"8\\"." ko=지연}',
    );
  });

  test.each([
    ['demo', true],
    ['ann:demo', true],
    ['ann:another-demo', false],
    ['another-demo', false],
  ])('that is unreadable and has the key %s matches the concert demo: %s', (key, wanted) => {
    const unreadable = { code: 'NOT_WIRE_FORMAT', message: 'no event' };
    expect(isWanted({ record: at(key), unreadable }, 'demo')).toBe(wanted);
  });
});
