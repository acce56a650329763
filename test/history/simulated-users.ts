/** Simulates users and operators of two concerts: one is open, one opens with a draw. */
import type { Policy } from '../../src/domain/events.generated.ts';
import { eventually } from '../support/eventually.ts';
import type { ApiDriver } from './api-driver.ts';
import type { Call } from './history.ts';
import { OperatorSimulator } from './operator-simulator.ts';
import { Random } from './random.ts';
import { Recorder } from './recorder.ts';
import { type UserPace, UserSimulator } from './user-simulator.ts';

export interface SimulationParameters {
  readonly usersPerConcert: number;
  /** Minimum duration; the users stay until the injected faults are over. */
  readonly forMs: number;
  readonly settleWithinMs: number;
  readonly claimWindowSeconds: number;
  readonly activeWindowSeconds: number;
  readonly thinkMs: number;
  readonly entries: number;
}

export interface SimulationReport {
  readonly calls: readonly Call[];
  /** Whether no entry was live at the end. */
  readonly isSettled: boolean;
}

/**
 * Runs the simulation that follows from the seed, then admits all waiting users and waits until no entry is live.
 *
 * @param faults runs beside the users
 */
export async function simulateUsers(
  driver: ApiDriver,
  seed: number,
  parameters: SimulationParameters,
  faults: () => Promise<void> = () => Promise.resolve(),
): Promise<SimulationReport> {
  const recorder = new Recorder();
  const random = new Random(seed);
  const end = performance.now() + parameters.forMs;
  let areFaultsOver = false;
  const context = { driver, recorder, isOver: () => areFaultsOver && performance.now() > end };
  const { claimWindowSeconds, activeWindowSeconds, thinkMs, entries } = parameters;
  const pace: UserPace = { thinkMs, claimWindowMs: claimWindowSeconds * 1_000, entries };
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
  const opensAt = Math.floor(Date.now() + parameters.forMs / 3);
  const withDraw: Policy = { ...open, opensAt, beforeOpening: 'draw' };
  const concerts = Object.entries({ 'open-air': open, 'spring-tour': withDraw });
  const operators = await Promise.all(
    concerts.map(async ([concertId, policy]) => {
      const users = Array.from({ length: parameters.usersPerConcert }, (_, number) => `fan-${number}`);
      const operator = new OperatorSimulator(context, concertId, policy, random.of(concertId), users);
      await operator.open();
      return { operator, concertId, users };
    }),
  );
  await Promise.all([
    faults().finally(() => {
      areFaultsOver = true;
    }),
    ...operators.flatMap(({ operator, concertId, users }) => [
      operator.operate(parameters.forMs / 6),
      ...users.map((userId) =>
        new UserSimulator(context, concertId, userId, random.of(`${concertId} ${userId}`), pace).run(),
      ),
    ]),
  ]);
  await Promise.all(operators.map(({ operator }) => operator.admitEveryone()));
  const isSettled = await eventually(
    async () => (await Promise.all(operators.map(({ operator }) => operator.isEmpty()))).every(Boolean),
    { within: parameters.settleWithinMs, every: 100 },
  ).catch(() => false);
  return { calls: recorder.calls, isSettled };
}
