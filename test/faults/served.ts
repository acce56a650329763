import { eventually } from '../support/eventually.ts';
import type { Scene } from './scene.ts';

const SERVED_WITHIN_MS = 60_000;
/** Those of every crowd (test/history/crowd.ts). */
const CONCERTS = ['open-air', 'spring-tour'];
let guests = 0;

/** Resolves when a newcomer gets a place in each concert, or is told truly that they get none, and sees what became of it. */
export async function served({ door }: Pick<Scene, 'door'>): Promise<void> {
  const looksIn = async (concertId: string): Promise<boolean> => {
    const { told, token } = await door.enter(concertId, `guest-${guests++}`);
    if (told.is === 'refused') return true;
    if (token === undefined) throw new Error(`told ${JSON.stringify(told)}`);
    return eventually(
      async () => {
        const entry = (await door.look(concertId, token)).told;
        return entry.is === 'entry' && entry.entry.state !== 'PENDING';
      },
      { within: SERVED_WITHIN_MS, every: 20 },
    );
  };
  await Promise.all(
    CONCERTS.map((concertId) => eventually(() => looksIn(concertId), { within: SERVED_WITHIN_MS, every: 20 })),
  );
}
