import { randomInt } from 'node:crypto';
import type { SimulationParameters } from './simulated-users.ts';

/** HISTORY_SEED repeats a simulation; by default each run has a new seed. */
export function seedOfThisRun(): number {
  return Number(process.env['HISTORY_SEED'] ?? randomInt(2 ** 31));
}

/** The windows are shorter than the API allows, so that a run takes seconds. */
export const IN_PROCESS_PARAMETERS: SimulationParameters = {
  usersPerConcert: 24,
  forMs: 1_500,
  settleWithinMs: 4_000,
  claimWindowSeconds: 0.25,
  activeWindowSeconds: 0.5,
  thinkMs: 60,
  entries: 3,
};

const FULL = process.env['TEST_FORM'] === 'full';

export const STACK_PARAMETERS: SimulationParameters = {
  usersPerConcert: FULL ? 60 : 30,
  forMs: FULL ? 40_000 : 5_000,
  settleWithinMs: 20_000,
  claimWindowSeconds: 1,
  activeWindowSeconds: 2,
  thinkMs: FULL ? 600 : 250,
  entries: FULL ? 12 : 3,
};
