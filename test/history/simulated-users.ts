/** A random crowd before one system: an open concert, and one that opens with a draw. */
import type { Policy } from '../../src/domain/events.generated.ts';
import { eventually } from '../support/eventually.ts';
import type { Door } from './api-driver.ts';
import type { Call } from './history.ts';
import { Steward } from './operator-simulator.ts';
import { Random } from './random.ts';
import { Recorder } from './recorder.ts';
import { type Pace, Visitor } from './user-simulator.ts';

export interface Size {
  readonly usersPerConcert: number;
  /** At least so long; a crowd stays until the faults that it is to live through are over. */
  readonly forMs: number;
  readonly settleWithinMs: number;
  readonly claimWindowSeconds: number;
  readonly activeWindowSeconds: number;
  readonly thinkMs: number;
  readonly entries: number;
}

export interface CrowdReport {
  readonly calls: readonly Call[];
  /** Whether in the end every room was empty and nobody waited. */
  readonly isSettled: boolean;
}

/**
 * Lets the crowd do what follows from the seed, then lets everyone through who still waits, and waits until all are gone.
 *
 * @param faults made while the crowd is there
 */
export async function sendCrowd(
  door: Door,
  seed: number,
  size: Size,
  faults: () => Promise<void> = () => Promise.resolve(),
): Promise<CrowdReport> {
  const recorder = new Recorder();
  const random = new Random(seed);
  const end = performance.now() + size.forMs;
  let isCalm = false;
  const party = { door, recorder, isOver: () => isCalm && performance.now() > end };
  const { claimWindowSeconds, activeWindowSeconds, thinkMs, entries } = size;
  const pace: Pace = { thinkMs, claimWindowMs: claimWindowSeconds * 1_000, entries };
  const open: Policy = {
    capacity: 4,
    admissionsPerMinute: 3_000,
    claimWindowSeconds,
    activeWindowSeconds,
    maximumWaiting: null,
    minimumBalance: null,
    opensAt: null,
    beforeOpening: 'reject',
    outcomeRetentionSeconds: 3_600,
  };
  const opensAt = Math.floor(Date.now() + size.forMs / 3);
  const drawn: Policy = { ...open, opensAt, beforeOpening: 'draw' };
  const concerts = Object.entries({ 'open-air': open, 'spring-tour': drawn });
  const stewards = await Promise.all(
    concerts.map(async ([concertId, policy]) => {
      const users = Array.from({ length: size.usersPerConcert }, (_, number) => `fan-${number}`);
      const steward = new Steward(party, concertId, policy, random.of(concertId), users);
      await steward.open();
      return { steward, concertId, users };
    }),
  );
  await Promise.all([
    faults().finally(() => {
      isCalm = true;
    }),
    ...stewards.flatMap(({ steward, concertId, users }) => [
      steward.steer(size.forMs / 6),
      ...users.map((userId) =>
        new Visitor(party, concertId, userId, random.of(`${concertId} ${userId}`), pace).visit(),
      ),
    ]),
  ]);
  await Promise.all(stewards.map(({ steward }) => steward.letAllThrough()));
  const isSettled = await eventually(
    async () => (await Promise.all(stewards.map(({ steward }) => steward.isEmpty()))).every(Boolean),
    { within: size.settleWithinMs, every: 100 },
  ).catch(() => false);
  return { calls: recorder.calls, isSettled };
}
