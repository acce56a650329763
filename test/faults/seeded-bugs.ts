/** Mistakes in recovering, each put into the real code, and the cell that must notice it. */
import { join } from 'node:path';
import { BUGS } from '../history/bugs/bugs.ts';
import { signOf } from '../history/bugs/injection-points.ts';
import type { Cell } from './fault-case.ts';

interface SeededBug {
  readonly bug: string;
  /** The cell: fault and phase. */
  readonly cell: string;
  /** What the cell must say, among other things. */
  readonly shows: RegExp;
  /** How often the cell is played until it shows: where that takes a meeting that no play can force. Default 1. */
  readonly plays?: number;
  /** Whether it belongs to the short form too. */
  readonly short?: true;
}

/** What a bug in recovering breaks is broken at once: nobody need stay for long. */
const BRIEFLY = { forMs: 1_000, settleWithinMs: 3_000 };
const FLUSHED = 'FLUSHALL, after apply, before commit';

export const SEEDED: readonly SeededBug[] = [
  { bug: 'no sweep', cell: FLUSHED, shows: /encore is missing|lost their place/, short: true },
  {
    bug: 'resume from the committed offset',
    cell: 'Redis restarted with its tail cut, the projector killed with it, after apply, before commit',
    shows: /P[16]|missing or not whole|is at \d+, recorded/,
    short: true,
  },
  {
    bug: 'send reused after a failure',
    cell: 'reset, to the broker, after append, before ack',
    // The broker takes what follows for the repeat of what came before, or refuses it for good as out of order.
    shows: /P1: .*the log holds|Not within .*LOG_UNAVAILABLE/,
    plays: 3, // the batch that follows must be as large as the one that was lost
    short: true,
  },
  ...Object.entries(BUGS).map(([name, bug]) => ({
    bug: name,
    cell: 'one unreadable record, under way',
    shows: signOf(bug),
  })),
];

/** The cell, played by processes that have the bug. */
export function withBug(cell: Cell, bug: string): Cell {
  const isOfHistory = bug in BUGS;
  const preload = isOfHistory ? join('..', 'history', 'bugs', 'preload.ts') : join('preloads', 'recovery-bugs.mjs');
  const seeded = { NODE_OPTIONS: `--import ${join(import.meta.dirname, preload)}`, SEEDED_BUG: bug };
  const crowd = { ...(isOfHistory ? { settleWithinMs: 6_000 } : BRIEFLY), ...cell.crowd };
  return { ...cell, crowd, setting: { ...cell.setting, api: seeded, projector: seeded } };
}
