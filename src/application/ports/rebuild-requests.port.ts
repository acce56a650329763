import type { ConcertId } from '../../domain/types.ts';

export interface RebuildProgress {
  /** `requested`: not begun. `folding`: the log is read from its first record. `writing`: views are being replaced. */
  readonly state: 'requested' | 'folding' | 'writing' | 'done' | 'failed';
  /** Records read, and how many there are to read. */
  readonly events: number;
  readonly targetEvents: number;
  readonly eventsPerSecond: number;
  /** Queues whose view was replaced, and how many there are. */
  readonly concerts: number;
  readonly targetConcerts: number;
  /** Queues whose memory was not what the log says. */
  readonly repaired: readonly ConcertId[];
  /** Why it failed. */
  readonly reason?: string;
}

export interface Rebuild {
  readonly id: string;
  /** Only this queue; undefined: all of the partition. */
  readonly concertId: ConcertId | undefined;
  readonly progress: RebuildProgress;
  /** Who reported last. */
  readonly owner: string;
  /** Milliseconds since it was reported last. */
  readonly sinceReportMs: number;
  /** The request that this one replaced, for a caller that has not seen its end yet. */
  readonly previous?: { readonly id: string; readonly progress: RebuildProgress };
}

/** Where rebuilds of partitions are asked for, and where their owners tell how far they are. */
export interface RebuildRequests {
  /** @returns `running` while another is under way or waits, and is not known to be dead */
  request(partition: number, id: string, concertId: ConcertId | undefined): Promise<'accepted' | 'running'>;
  /** The last one of the partition, for a day. */
  latest(partition: number): Promise<Rebuild | undefined>;
  /** @returns false if another one was asked for since */
  report(partition: number, id: string, progress: RebuildProgress): Promise<boolean>;
}
export const RebuildRequests = Symbol('RebuildRequests');
