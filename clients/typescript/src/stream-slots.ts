import { StreamUnavailable } from './errors.ts';
import { page } from './page-environment.ts';

/** Runs `work`, which holds a stream open, when there is room for one more. @throws StreamUnavailable if there never is */
export type StreamSlots = (signal: AbortSignal, work: () => Promise<void>) => Promise<void>;

/** A browser opens at most six connections to an HTTP/1.1 server; requests beyond that wait for each other. */
const MAX_STREAMS = 2;

/** No limit, for Node. */
const unlimited: StreamSlots = (_signal, work) => work();

/**
 * At most two streams for all tabs and concerts of a browser, so that streams never hold the connections that other requests
 * need. Uses Web Locks; without them (pages without HTTPS) there are no streams.
 */
const limitedByLocks: StreamSlots = async (signal, work) => {
  const locks = page?.navigator.locks;
  if (!locks) throw new StreamUnavailable('The browser has no Web Locks.');
  const names = Array.from({ length: MAX_STREAMS }, (_, slot) => `concert-queue.stream.${slot}`);
  for (const name of names) {
    const hadSlot = await locks.request(name, { ifAvailable: true }, async (lock) => {
      if (lock) await work();
      return lock !== null;
    });
    if (hadSlot) return;
  }
  const name = names[Math.floor(Math.random() * names.length)] ?? '';
  await locks.request(name, { signal }, work);
};

export const streamSlots: StreamSlots = page ? limitedByLocks : unlimited;
