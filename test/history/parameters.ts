import { randomInt } from 'node:crypto';
import type { Size } from './simulated-users.ts';

/** HISTORY_SEED meets a crowd again; else each run meets another. */
export function seedOfThisRun(): number {
  return Number(process.env['HISTORY_SEED'] ?? randomInt(2 ** 31));
}

/** A few seconds; windows are shorter than the API would allow. */
export const IN_PROCESS: Size = {
  usersPerConcert: 24,
  forMs: 1_500,
  settleWithinMs: 4_000,
  claimWindowSeconds: 0.25,
  activeWindowSeconds: 0.5,
  thinkMs: 60,
  entries: 3,
};

const FULL = process.env['TEST_FORM'] === 'full';

export const ON_THE_STACK: Size = {
  usersPerConcert: FULL ? 60 : 30,
  forMs: FULL ? 40_000 : 5_000,
  settleWithinMs: 20_000,
  claimWindowSeconds: 1,
  activeWindowSeconds: 2,
  thinkMs: FULL ? 600 : 250,
  entries: FULL ? 12 : 3,
};
