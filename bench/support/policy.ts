/** What the queues under measurement ask for: everybody waits, and next to nobody is called meanwhile. */

/** As the API takes it. */
export const POLICY_GIVEN = { capacity: 1, admissionsPerMinute: 1, claimWindowSeconds: 60, activeWindowSeconds: 600 };

/** As the log holds it. */
export const POLICY = {
  ...POLICY_GIVEN,
  maximumWaiting: null,
  minimumBalance: null,
  opensAt: null,
  beforeOpening: 'reject',
  outcomeRetentionSeconds: 86_400,
} as const;
