import type { Policy } from '../../../src/domain/events.generated.ts';

/** One slot and windows of 0.2 s, so that in-process tests do not wait for whole seconds. */
export const SHORT_POLICY: Policy = {
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
