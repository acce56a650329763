import type { Update, WaitingRoom } from '../../../clients/typescript/src/index.ts';

/** Tabs of one browser follow an entry together: one has the connection and tells the others; when it closes, another takes over. */
export async function followTogether(
  room: WaitingRoom,
  concertId: string,
  signal: AbortSignal,
  tell: (update: Update) => void,
): Promise<void> {
  const name = `concert-queue.${concertId}`;
  const channel = new BroadcastChannel(name);
  let last: Update | undefined;
  channel.addEventListener('message', ({ data }: MessageEvent<Update | 'tell me'>) => {
    if (data !== 'tell me') tell(data);
    else if (last) channel.postMessage(last);
  });
  const follow = async (): Promise<void> => {
    for await (const update of room.follow(concertId, { signal })) {
      last = update;
      tell(update);
      channel.postMessage(update);
    }
  };
  try {
    channel.postMessage('tell me');
    // Without locks (old browsers, pages without https) each tab follows by itself.
    await (navigator.locks ? navigator.locks.request(`${name}.follow`, { signal }, follow) : follow());
  } finally {
    channel.close();
  }
}

/** Asks for a place, unless another tab has just got one. */
export async function enterOnce(room: WaitingRoom, concertId: string): Promise<void> {
  const enter = async (): Promise<void> => {
    if (!(await room.hasEntry(concertId))) await room.enter(concertId);
  };
  await (navigator.locks ? navigator.locks.request(`concert-queue.${concertId}.enter`, enter) : enter());
}
