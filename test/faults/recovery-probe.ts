import { eventually } from '../support/eventually.ts';
import type { Scene } from './fault-environment.ts';

const SERVED_WITHIN_MS = 60_000;
/** Those of every crowd (test/history/simulated-users.ts). */
const CONCERTS = ['open-air', 'spring-tour'];
let guests = 0;

/**
 * Resolves when a newcomer gets a place in each concert, or is told truly that they get none, and sees what became of it. Whether
 * that was true is judged with everything else.
 */
export async function served({ door, guestbook }: Pick<Scene, 'door' | 'guestbook'>): Promise<void> {
  const looksIn = async (concertId: string): Promise<boolean> => {
    const userId = `guest-${guests++}`;
    const enter = () => door.enter(concertId, userId);
    const { told, token } = await guestbook.record(concertId, { is: 'enter', userId }, enter);
    if (told.is === 'refused') return true;
    if (told.is !== 'receipt' || token === undefined) throw new Error(`told ${JSON.stringify(told)}`);
    const look = { is: 'look', userId, token: told.offset } as const;
    return eventually(
      async () => {
        const entry = (await guestbook.record(concertId, look, () => door.look(concertId, token))).told;
        return entry.is === 'entry' && entry.entry.state !== 'PENDING';
      },
      { within: SERVED_WITHIN_MS, every: 20 },
    );
  };
  await Promise.all(
    CONCERTS.map((concertId) => eventually(() => looksIn(concertId), { within: SERVED_WITHIN_MS, every: 20 })),
  );
}
