import type { UserId } from '../../domain/types.ts';

/** Ids are part of events, keys and URL paths. */
export const CONCERT_ID = /^(?!\.{1,2}$)[A-Za-z0-9._~-]{1,64}$/;
export const USER_ID = /^(?!(?:\.{1,2}|me)$)[A-Za-z0-9._~-]{1,128}$/;
/** Identifies a user in the shop's records. */
export const PHONE_NUMBER = /^\+?\d([ -]?\d){5,18}$/;

export function isConcertId(text: string): boolean {
  return CONCERT_ID.test(text);
}

/** Also for values from tokens and records. */
export function isUserId(text: unknown): text is UserId {
  return typeof text === 'string' && USER_ID.test(text);
}

export function isPhoneNumber(text: string): boolean {
  return PHONE_NUMBER.test(text);
}
