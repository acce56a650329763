/** A case of the fault matrix: a fault and the phase in which it is injected. */
import type { ConcertId } from '../../src/domain/types.ts';
import type { SimulationParameters } from '../history/simulated-users.ts';
import type { HeldMessage } from '../support/tcp-proxy.ts';
import type { FaultEnvironment } from './fault-environment.ts';
import type { FaultSetup } from './servers.ts';

export const PHASES = ['before send', 'after append, before ack', 'after apply, before commit', 'under way'] as const;
export type Phase = (typeof PHASES)[number];

export interface FaultCase {
  readonly fault: string;
  readonly phase: Phase;
  /** Whether the short form of the suite runs it. */
  readonly short?: true;
  /** Default: one broker, one Redis, one API and one projector. */
  readonly setup?: FaultSetup;
  /** Overrides of the default simulation. */
  readonly simulation?: Partial<SimulationParameters>;
  /** The process whose send is held in the first two phases; default: the API. */
  readonly sender?: 'api' | 'projector';
  /** Milliseconds between `cause` and `heal`; default 3,000. */
  readonly lastsMs?: number;
  /** Users (all, or those of one concert) cannot see their state meanwhile: no entry may expire for that time. */
  readonly outage?: true | ConcertId;
  /** Connections to the API may break, since the fault stops the API. */
  readonly breaksApi?: true;
  readonly cause: (environment: FaultEnvironment, held: HeldMessage) => Promise<void>;
  /** Removes the cause. The system must recover without further action. */
  readonly heal: (environment: FaultEnvironment, held: HeldMessage) => Promise<void>;
  /** Runs after the promise checks. */
  readonly verify?: (environment: FaultEnvironment) => Promise<void>;
}

/** A case that destroys the log, so that the promises cannot be checked. */
export interface LogLossCase extends Pick<FaultCase, 'fault' | 'phase' | 'short' | 'setup'> {
  /** Rejects when the system did not react as required. */
  readonly run: (environment: FaultEnvironment) => Promise<void>;
}

/** The result of a case, stored for the table. */
export interface FaultResult {
  readonly fault: string;
  readonly phase: Phase;
  readonly seen: string;
  /** Duration of the fault in milliseconds. */
  readonly lastedMs: number;
  /** Milliseconds from the end of the fault until a new user was served; null: the system does not recover. */
  readonly healedMs: number | null;
  readonly failures: readonly string[];
}

export function nameOf({ fault, phase }: Pick<FaultCase, 'fault' | 'phase'>): string {
  return `${fault}, ${phase}`;
}
