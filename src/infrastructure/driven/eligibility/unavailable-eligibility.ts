import { eligibilityUnavailable } from '../../../application/errors.ts';
import type { Eligibility } from '../../../application/ports/eligibility.port.ts';

/** Nobody told this process where the shop's records are: it says so for as long as it lives. */
const RETRY_AFTER_SECONDS = 30;

/** Stands behind the port where no records are set up. Whoever need not be looked up enters all the same. */
export class UnavailableEligibility implements Eligibility {
  find(): Promise<never> {
    return Promise.reject(eligibilityUnavailable(RETRY_AFTER_SECONDS));
  }

  stop(): Promise<void> {
    return Promise.resolve();
  }
}
