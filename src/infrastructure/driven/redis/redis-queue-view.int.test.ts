import { randomUUID } from 'node:crypto';
import { describe } from '@jest/globals';
import { stackAddresses } from '../../../../test/support/settings.ts';
import { queueViewSuite } from '../../../application/ports/queue-view.contract.ts';
import { viewOn } from './redis-view.fixtures.ts';

describe('the view in Redis', () => {
  queueViewSuite(() => viewOn({ url: stackAddresses().redisUrl }, `test-${randomUUID()}:`));
});
