import type { Policy } from '../../../src/domain/events.generated.ts';

/** One at a time, called at once, and gone soon: for tests in one process, which need not wait for seconds to pass. */
export const SHORT: Policy = {
  capacity: 1,
  admissionsPerMinute: 600,
  claimWindowSeconds: 0.2,
  activeWindowSeconds: 0.2,
  maximumWaiting: null,
  minimumBalance: null,
  opensAt: null,
  beforeOpening: 'reject',
  outcomeRetentionSeconds: 3_600,
};
