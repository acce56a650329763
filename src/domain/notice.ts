import type { LogTime, Offset } from './types.ts';

/** The operator's notice to all users of a queue. */
export interface Notice {
  /** Of the event that posted or removed it. */
  readonly offset: Offset;
  /** Log time of that event. */
  readonly postedAt: LogTime;
  /** Plain text by language tag; empty: the notice was removed. */
  readonly texts: Readonly<Record<string, string>>;
}
