/** One cell of the matrix: a fault, and the moment at which it strikes. */
import type { ConcertId } from '../../src/domain/types.ts';
import type { Size } from '../history/simulated-users.ts';
import type { Caught } from '../support/tcp-proxy.ts';
import type { Scene } from './fault-environment.ts';
import type { Setting } from './servers.ts';

export const PHASES = ['before send', 'after append, before ack', 'after apply, before commit', 'under way'] as const;
export type Phase = (typeof PHASES)[number];

export interface Cell {
  readonly fault: string;
  readonly phase: Phase;
  /** Whether it belongs to the short form too. */
  readonly short?: true;
  /** What stands around it; default: one broker, one Redis, one API, one projector. */
  readonly setting?: Setting;
  /** Another crowd than the usual. */
  readonly crowd?: Partial<Size>;
  /** Whose send is waited for in the first two phases; default: the API's. */
  readonly sender?: 'api' | 'projector';
  /** Milliseconds that the fault stays; default 3,000. */
  readonly lastsMs?: number;
  /** Nobody (or nobody of this concert) can be told anything meanwhile: nobody may expire for that time. */
  readonly isDark?: true | ConcertId;
  /** Connections to the API may break meanwhile, since it is the API that goes. */
  readonly breaksApi?: true;
  readonly cause: (scene: Scene, caught: Caught) => Promise<void>;
  /** Takes the cause away. What is then still to be done, the system does by itself. */
  readonly heal: (scene: Scene, caught: Caught) => Promise<void>;
  /** Looked at when everything was judged. */
  readonly afterwards?: (scene: Scene) => Promise<void>;
}

/** A cell after which there is nothing to be judged by the promises, since the log itself is gone. */
export interface Ordeal extends Pick<Cell, 'fault' | 'phase' | 'short' | 'setting'> {
  /** Rejects when something was not as it must be. */
  readonly play: (scene: Scene) => Promise<void>;
}

/** What became of a cell, as it is kept for the table. */
export interface CellResult {
  readonly fault: string;
  readonly phase: Phase;
  readonly seen: string;
  /** Milliseconds that the fault was there. */
  readonly lastedMs: number;
  /** Milliseconds from the end of the fault until newcomers were served and told what they did; null: it does not heal. */
  readonly healedMs: number | null;
  readonly failures: readonly string[];
}

export function nameOf({ fault, phase }: Pick<Cell, 'fault' | 'phase'>): string {
  return `${fault}, ${phase}`;
}
