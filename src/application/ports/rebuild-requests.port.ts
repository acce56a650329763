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
  /** Queues whose state in memory differed from the log. */
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
  /** Milliseconds since the last report. */
  readonly sinceReportMs: number;
  /** The request that this one replaced, for a caller that still waits for it. */
  readonly previous?: { readonly id: string; readonly progress: RebuildProgress };
}

/** Requests for rebuilds of partitions, and the progress that their owners report. */
export interface RebuildRequests {
  /** @returns `running` while another rebuild runs or waits and its owner may be alive */
  request(partition: number, id: string, concertId: ConcertId | undefined): Promise<'accepted' | 'running'>;
  /** The last request of the partition, kept for a day. */
  latest(partition: number): Promise<Rebuild | undefined>;
  /** @returns false if there is a newer request */
  report(partition: number, id: string, progress: RebuildProgress): Promise<boolean>;
}
export const RebuildRequests = Symbol('RebuildRequests');
