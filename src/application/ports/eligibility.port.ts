import type { UserId } from '../../domain/types.ts';

/** Who asks: by the shop's pseudonym, or by the phone number from which the shop's records give it. */
export type Applicant = { readonly userId: UserId } | { readonly phoneNumber: string };

/** Of the shop's records on a user, all that is ever asked for. */
export interface ShopUser {
  readonly userId: UserId;
  /** What a policy's `minimumBalance` is held against. */
  readonly points: number;
}

/** The shop's records of users and their points. A phone number that goes in here is written down nowhere. */
export interface Eligibility {
  /**
   * The one user that the records have for this applicant, read now, in one round trip.
   *
   * @returns undefined: the records were asked and have none
   * @throws QueueError `ELIGIBILITY_UNAVAILABLE` when they cannot say (away, too slow, ambiguous, a userId that is none)
   */
  find(applicant: Applicant): Promise<ShopUser | undefined>;
}
export const Eligibility = Symbol('Eligibility');
