import { eligibilityUnavailable } from '../../../application/errors.ts';
import type { Eligibility } from '../../../application/ports/eligibility.port.ts';

const RETRY_AFTER_SECONDS = 30;

/** For a process without a configured source. Entries that need no lookup are not affected. */
export class UnavailableEligibility implements Eligibility {
  find(): Promise<never> {
    return Promise.reject(eligibilityUnavailable(RETRY_AFTER_SECONDS));
  }

  stop(): Promise<void> {
    return Promise.resolve();
  }
}
