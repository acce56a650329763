import type { BrowserTokens } from '../../../clients/typescript/src/index.ts';

const PLACE = /^#place=([\w.-]+)$/;

/** Takes the token from the fragment of the address, if this browser has none. Browsers do not send fragments to servers. */
export function takePlaceFromAddress(tokens: BrowserTokens, concertId: string): void {
  const token = PLACE.exec(location.hash)?.[1];
  if (token !== undefined && tokens.get(concertId) === undefined) tokens.set(concertId, token);
}

/**
 * Keeps the token in the fragment of the address while the storage does not have it. A reload or a bookmark then finds the
 * place again. @returns the address with the place; undefined if the storage has it, or there is no place
 */
export function keepPlaceInAddress(tokens: BrowserTokens, concertId: string): string | undefined {
  const token = tokens.isStored(concertId) ? undefined : tokens.get(concertId);
  const address = new URL(location.href);
  if (token !== undefined) address.hash = `place=${token}`;
  else if (PLACE.test(address.hash)) address.hash = '';
  try {
    if (address.href !== location.href) history.replaceState(null, '', address);
  } catch {
    // Some browsers limit or refuse changes of the address: the page then shows it for copying.
  }
  return token === undefined ? undefined : address.href;
}
