import type { UserId } from '../../domain/types.ts';

/** What concerts and users can be called: it stands in events, keys and paths. */
export const CONCERT_ID = /^(?!\.{1,2}$)[A-Za-z0-9._~-]{1,64}$/;
export const USER_ID = /^(?!(?:\.{1,2}|me)$)[A-Za-z0-9._~-]{1,128}$/;
/** What records are looked up by. */
export const PHONE_NUMBER = /^\+?\d([ -]?\d){5,18}$/;

export function isConcertId(text: string): boolean {
  return CONCERT_ID.test(text);
}

/** Also of what others say: a token, a record. */
export function isUserId(text: unknown): text is UserId {
  return typeof text === 'string' && USER_ID.test(text);
}

export function isPhoneNumber(text: string): boolean {
  return PHONE_NUMBER.test(text);
}
