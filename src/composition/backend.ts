import type { StartupStep } from '../application/health/startup.ts';

/** The log and the view that a process stands on, as far as they have to be started and let go. */
export interface Backend {
  /** What must have worked before the log can be appended to. */
  readonly log: readonly StartupStep[];
  /** What must have worked, besides, before the view can be written. */
  readonly view: readonly StartupStep[];
  /** What the feed of the log begins with, as an operator knows it. */
  readonly feed: string;
  /** Starts the writing end of the log alone, for a command. @throws FatalError, QueueError `LOG_UNAVAILABLE` */
  openLog(): Promise<void>;
  /** By server, as operators know them: whether it is connected to, without asking it. */
  connections(): Readonly<Record<string, boolean>>;
  /** Records on their way to the log. */
  unacknowledged(): number;
  /** After the feed has stopped: takes nothing more, writes what is in flight, lets go of everything. */
  close(): Promise<void>;
}
export const Backend = Symbol('Foundation');

/** A client for counts that processes share; where it is not provided, each counts for itself. */
export const COUNTING_REDIS = Symbol('COUNTING_REDIS');
