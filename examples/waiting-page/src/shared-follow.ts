import type { FollowOptions, Update, WaitingRoom } from '../../../clients/typescript/src/index.ts';

const HEARTBEAT_MS = 1_500;
/** A visible tab that hears nothing from the leader for this long follows the entry by itself. */
const LEADER_SILENCE_MS = 5_000;
const CHECK_INTERVAL_MS = 1_000;
const ENTER_LOCK_TIMEOUT_MS = 5_000;

/** `update` is absent before the first one, and `isAsking` set by a tab that wants the last one. */
interface Message {
  readonly update?: Update | undefined;
  readonly isAsking?: boolean;
}

/**
 * Follows an entry in one tab of the browser, the leader, which sends the updates and a heartbeat to the other tabs. Another tab
 * takes over when the leader closes. A leader that is frozen or throttled keeps its lock, but holds up nobody.
 */
export async function followShared(
  room: WaitingRoom,
  concertId: string,
  signal: AbortSignal,
  onUpdate: (update: Update) => void,
  onQueue?: FollowOptions['onQueue'],
): Promise<void> {
  const followHere = (own: AbortSignal, listener = onUpdate) =>
    follow(room, concertId, { ...(onQueue && { onQueue }), signal: own }, listener);
  if (!navigator.locks || typeof BroadcastChannel !== 'function') return followHere(signal);
  const name = `concert-queue.${concertId}`;
  const channel = new BroadcastChannel(name);
  const substitute = new Substitute((own) => followHere(own));
  let last: Update | undefined;
  let isLeader = false;

  const lead = async (): Promise<void> => {
    substitute.stop();
    isLeader = true;
    const timer = setInterval(() => channel.postMessage({ update: last }), HEARTBEAT_MS);
    try {
      await followHere(signal, (update) => {
        last = update;
        onUpdate(update);
        channel.postMessage({ update });
      });
    } finally {
      clearInterval(timer);
    }
  };
  channel.addEventListener('message', ({ data }: MessageEvent<Message>) => {
    if (data.isAsking && isLeader) channel.postMessage({ update: last });
    if (data.isAsking) return;
    substitute.leaderIsAlive();
    if (data.update) onUpdate(data.update);
  });
  const over = new AbortController();
  const stop = (): void => over.abort();
  signal.addEventListener('abort', stop);
  try {
    channel.postMessage({ isAsking: true });
    await Promise.race([navigator.locks.request(`${name}.follow`, { signal: over.signal }, lead), substitute.ended]);
  } finally {
    signal.removeEventListener('abort', stop);
    over.abort();
    substitute.stop();
    channel.close();
  }
}

/** Follows while the leader is silent and this tab is visible. */
class Substitute {
  readonly #follow: (signal: AbortSignal) => Promise<void>;
  readonly #timer: ReturnType<typeof setInterval>;
  #heardAt = performance.now();
  #following: AbortController | undefined;
  #end: (outcome: Promise<void>) => void = () => undefined;
  /** Settles when the entry has ended, or following failed. */
  readonly ended = new Promise<void>((resolve) => (this.#end = resolve));

  constructor(follow: (signal: AbortSignal) => Promise<void>) {
    this.#follow = follow;
    this.#timer = setInterval(this.#check, CHECK_INTERVAL_MS);
    document.addEventListener('visibilitychange', this.#check);
  }

  leaderIsAlive(): void {
    this.#heardAt = performance.now();
    this.#following?.abort();
    this.#following = undefined;
  }

  stop(): void {
    clearInterval(this.#timer);
    document.removeEventListener('visibilitychange', this.#check);
    this.#following?.abort();
  }

  readonly #check = (): void => {
    const isSilent = performance.now() - this.#heardAt >= LEADER_SILENCE_MS;
    if (!isSilent || this.#following || document.visibilityState !== 'visible') return;
    const current = new AbortController();
    this.#following = current;
    const outcome = this.#follow(current.signal);
    const end = (): void => {
      if (!current.signal.aborted) this.#end(outcome);
    };
    outcome.then(end, end);
  };
}

async function follow(
  room: WaitingRoom,
  concertId: string,
  options: FollowOptions & { readonly signal: AbortSignal },
  onUpdate: (update: Update) => void,
): Promise<void> {
  for await (const update of room.follow(concertId, options)) onUpdate(update);
}

/**
 * Requests a place, unless another tab has an entry token already.
 * @param key identifies this browser to the server of the page, if cookies do not
 */
export async function enterOnce(room: WaitingRoom, concertId: string, key: string | undefined): Promise<void> {
  const enter = async (): Promise<void> => {
    if (!(await room.hasEntry(concertId))) await room.enter(concertId, {}, key === undefined ? {} : { key });
  };
  if (!navigator.locks) return enter();
  const timeout = new AbortController();
  const timer = setTimeout(() => timeout.abort(), ENTER_LOCK_TIMEOUT_MS);
  let hasLock = false;
  try {
    await navigator.locks.request(`concert-queue.${concertId}.enter`, { signal: timeout.signal }, () => {
      hasLock = true;
      clearTimeout(timer);
      return enter();
    });
  } catch (error) {
    if (hasLock) throw error;
    // A frozen tab holds the lock, or the browser refuses locks. The same user never gets two places.
    await enter();
  }
}
