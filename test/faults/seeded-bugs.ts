/** Bugs injected into the real code, each with the fault case that must find it. */
import { join } from 'node:path';
import { BUGS } from '../history/bugs/bugs.ts';
import { expectedMessage } from '../history/bugs/injection-points.ts';
import type { FaultCase } from './fault-case.ts';

interface SeededCase {
  readonly bug: string;
  /** Fault and phase of the case. */
  readonly faultCase: string;
  /** Matches a failure of the case. */
  readonly shows: RegExp;
  /** Maximum number of runs, for bugs that depend on timing. Default 1. */
  readonly maxRuns?: number;
  /** Whether the short form of the suite runs it. */
  readonly short?: true;
}

/** A recovery bug shows at once, so a short simulation is enough. */
const SHORT_SIMULATION = { forMs: 1_000, settleWithinMs: 3_000 };
const FLUSHED = 'FLUSHALL, after apply, before commit';

export const SEEDED_CASES: readonly SeededCase[] = [
  { bug: 'no sweep', faultCase: FLUSHED, shows: /encore is missing|lost its place/, short: true },
  {
    bug: 'resume from the committed offset',
    faultCase: 'Redis restarted with its tail cut, the projector killed with it, after apply, before commit',
    shows: /P[16]|missing or not whole|is at \d+, recorded/,
    short: true,
  },
  {
    bug: 'send reused after a failure',
    faultCase: 'reset, to the broker, after append, before ack',
    // The broker takes the next batch for a repeat of the lost one, or rejects it as out of order.
    shows: /P1: .*the log holds|Not within .*LOG_UNAVAILABLE/,
    maxRuns: 3, // the next batch must be as large as the lost one
    short: true,
  },
  ...Object.entries(BUGS).map(([name, bug]) => ({
    bug: name,
    faultCase: 'one unreadable record, under way',
    shows: expectedMessage(bug),
  })),
];

/** The case, run by processes with the bug. */
export function withBug(faultCase: FaultCase, bug: string): FaultCase {
  const isOfHistory = bug in BUGS;
  const preload = isOfHistory ? join('..', 'history', 'bugs', 'preload.ts') : join('preloads', 'recovery-bugs.mjs');
  const seeded = { NODE_OPTIONS: `--import ${join(import.meta.dirname, preload)}`, SEEDED_BUG: bug };
  const simulation = { ...(isOfHistory ? { settleWithinMs: 6_000 } : SHORT_SIMULATION), ...faultCase.simulation };
  return { ...faultCase, simulation, setup: { ...faultCase.setup, api: seeded, projector: seeded } };
}
