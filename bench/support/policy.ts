/** The policy of the measured queues: nearly all users wait. */

/** In the form of the API. */
export const API_POLICY = { capacity: 1, admissionsPerMinute: 1, claimWindowSeconds: 60, activeWindowSeconds: 600 };

/** In the form of the log. */
export const POLICY = {
  ...API_POLICY,
  maximumWaiting: null,
  minimumBalance: null,
  opensAt: null,
  beforeOpening: 'reject',
  outcomeRetentionSeconds: 86_400,
} as const;
