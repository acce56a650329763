import { eventually } from '../support/eventually.ts';
import type { FaultEnvironment } from './fault-environment.ts';

const SERVED_WITHIN_MS = 60_000;
/** The concerts of the simulation (test/history/simulated-users.ts). */
const CONCERTS = ['open-air', 'spring-tour'];
let probes = 0;

/**
 * Resolves when a new user of each concert gets a decision on an entry request: accepted and projected, or rejected. The calls
 * are part of the checked history.
 */
export async function waitUntilServed({
  driver,
  probeLog,
}: Pick<FaultEnvironment, 'driver' | 'probeLog'>): Promise<void> {
  const probe = async (concertId: string): Promise<boolean> => {
    const userId = `probe-${probes++}`;
    const enter = () => driver.enter(concertId, userId);
    const { response, token } = await probeLog.record(concertId, { is: 'enter', userId }, enter);
    if (response.is === 'refused') return true;
    if (response.is !== 'receipt' || token === undefined) throw new Error(`response ${JSON.stringify(response)}`);
    const getEntry = { is: 'getEntry', userId, token: response.offset } as const;
    return eventually(
      async () => {
        const entry = (await probeLog.record(concertId, getEntry, () => driver.getEntry(concertId, token))).response;
        return entry.is === 'entry' && entry.entry.state !== 'PENDING';
      },
      { within: SERVED_WITHIN_MS, every: 20 },
    );
  };
  await Promise.all(
    CONCERTS.map((concertId) => eventually(() => probe(concertId), { within: SERVED_WITHIN_MS, every: 20 })),
  );
}
