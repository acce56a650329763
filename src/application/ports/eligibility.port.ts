import type { UserId } from '../../domain/types.ts';

/** The user who requests entry: by pseudonym, or by a phone number for which the shop's records have the pseudonym. */
export type Applicant = { readonly userId: UserId } | { readonly phoneNumber: string };

/** All that the service reads of a user's record in the shop. */
export interface ShopUser {
  readonly userId: UserId;
  /** Compared with the policy's `minimumBalance`. */
  readonly points: number;
}

/** The shop's records of users and their points. Phone numbers are never stored. */
export interface Eligibility {
  /**
   * Reads the user of this applicant from the records, in one round trip.
   *
   * @returns undefined: the records have no such user
   * @throws QueueError `ELIGIBILITY_UNAVAILABLE` when the records are unavailable, too slow or ambiguous, or return an invalid userId
   */
  find(applicant: Applicant): Promise<ShopUser | undefined>;
}
export const Eligibility = Symbol('Eligibility');
