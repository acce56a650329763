import { randomUUID } from 'node:crypto';
import { describe } from '@jest/globals';
import { queueViewSuite } from '../../application/ports/queue-view.suite.ts';
import { viewOn } from './redis-view-under-test.suite.ts';

describe('the view in Redis', () => {
  const url = process.env['REDIS_URL'] ?? 'redis://127.0.0.1:16379';
  queueViewSuite(() => viewOn({ url }, `test-${randomUUID()}:`));
});
