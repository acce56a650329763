import type { Update, WaitingRoom } from '../../../clients/typescript/src/index.ts';

/** Follows an entry in one tab of the browser, which sends the updates to the other tabs. When it closes, another takes over. */
export async function followShared(
  room: WaitingRoom,
  concertId: string,
  signal: AbortSignal,
  onUpdate: (update: Update) => void,
): Promise<void> {
  const name = `concert-queue.${concertId}`;
  const channel = new BroadcastChannel(name);
  let last: Update | undefined;
  channel.addEventListener('message', ({ data }: MessageEvent<Update | 'send last'>) => {
    if (data !== 'send last') onUpdate(data);
    else if (last) channel.postMessage(last);
  });
  const follow = async (): Promise<void> => {
    for await (const update of room.follow(concertId, { signal })) {
      last = update;
      onUpdate(update);
      channel.postMessage(update);
    }
  };
  try {
    channel.postMessage('send last');
    // Without the Web Locks API (old browsers, pages without HTTPS) each tab follows the entry itself.
    await (navigator.locks ? navigator.locks.request(`${name}.follow`, { signal }, follow) : follow());
  } finally {
    channel.close();
  }
}

/** Requests a place, unless another tab has an entry token already. */
export async function enterOnce(room: WaitingRoom, concertId: string): Promise<void> {
  const enter = async (): Promise<void> => {
    if (!(await room.hasEntry(concertId))) await room.enter(concertId);
  };
  await (navigator.locks ? navigator.locks.request(`concert-queue.${concertId}.enter`, enter) : enter());
}
