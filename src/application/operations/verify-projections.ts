import { setTimeout as pause } from 'node:timers/promises';
import type { ConcertId, Offset } from '../../domain/types.ts';
import { allPartitions, partitionOf } from '../event-log/partitioner.ts';
import type { PartitionCheckpoint, QueueViewWriter } from '../ports/queue-view.port.ts';
import type { QueueViewInspector } from '../ports/queue-view-inspector.port.ts';
import { PartitionHistory, type ReplayPorts } from '../projection/partition-history.ts';
import { PartitionFold } from './partition-fold.ts';
import { type ConcertVerdict, verifyConcert } from './verify-concert.ts';

/** The owner repairs a lost view within a few seconds. */
const REPAIR_TIMEOUT_MS = 15_000;
/** After one concert exceeded its timeout, the others wait only this long. */
const SHORT_TIMEOUT_MS = 1_000;
const POLL_MS = 200;

export interface VerifyPorts extends ReplayPorts {
  readonly records: Pick<QueueViewWriter, 'partition'>;
  readonly view: QueueViewInspector;
}

export interface PartitionVerdict {
  readonly partition: number;
  /** The log was folded up to here, included. */
  readonly foldedTo: Offset;
  readonly concerts: number;
  readonly entries: number;
  /** The differences: as text, or the first one of a concert. */
  readonly findings: readonly Finding[];
}

export type Finding =
  | ({ readonly kind: 'difference' } & ConcertVerdict)
  /** The requested concert was never configured, and nothing of it is stored. */
  | { readonly kind: 'unknown'; readonly concertId: ConcertId }
  /** The checkpoint is missing, or does not name a configured concert. */
  | { readonly kind: 'record'; readonly message: string }
  /** Records that were skipped without a dead letter. */
  | { readonly kind: 'skipped'; readonly offset: Offset; readonly message: string };

/**
 * Compares live views with a fold of the log at the same offsets, one partition after the other, while the service runs. Memory
 * holds the queues of one partition and a thousand stored entries.
 */
export class VerifyProjections {
  constructor(
    private readonly ports: VerifyPorts,
    private readonly timeoutMs = REPAIR_TIMEOUT_MS,
  ) {}

  /** @param concertId only this concert; undefined: every concert of every partition */
  async *run(concertId?: ConcertId): AsyncGenerator<PartitionVerdict> {
    const all = allPartitions(this.ports.log.partitions);
    const partitions = concertId === undefined ? all : [partitionOf(concertId, this.ports.log.partitions)];
    for (const partition of partitions) yield await this.#verify(partition, concertId);
  }

  async #verify(partition: number, only: ConcertId | undefined): Promise<PartitionVerdict> {
    const history = await PartitionHistory.open(this.ports, partition, only);
    const fold = new PartitionFold(history);
    const requested = await history.end();
    const record = await this.#recordOf(partition, requested);
    // The log grows: the checkpoint may be beyond the end that was read before.
    const end = record && record.offset >= requested ? await history.end() : requested;
    const findings: Finding[] = [];
    if (record && record.offset >= end) {
      findings.push({
        kind: 'record',
        message: `offset ${record.offset} was projected, but the log ends at ${end}`,
      });
    }
    await fold.to(Math.min(record?.offset ?? end - 1, end - 1));
    if (!record && end > 0) findings.push({ kind: 'record', message: 'the partition has no record' });
    for (const concertId of fold.queues.keys()) {
      if (record && !record.concerts.has(concertId))
        findings.push({ kind: 'record', message: `the partition's record does not name ${concertId}` });
    }
    const all = [...fold.queues.keys(), ...(record?.concerts.keys() ?? [])];
    const concerts = new Set(only === undefined ? all : [only]);
    if (only !== undefined && !fold.queues.has(only) && (await this.ports.view.part(only)) === 'missing') {
      return {
        partition,
        foldedTo: fold.foldedTo,
        concerts: 0,
        entries: 0,
        findings: [{ kind: 'unknown', concertId: only }],
      };
    }
    let timeoutMs = this.timeoutMs;
    let entries = 0;
    for (const concertId of concerts) {
      const verdict = await verifyConcert(this.ports.view, fold, concertId, timeoutMs);
      entries += verdict.entries;
      if (!verdict.difference) continue;
      findings.push({ kind: 'difference', ...verdict });
      timeoutMs = Math.min(timeoutMs, SHORT_TIMEOUT_MS);
    }
    for (const { offset, code, message } of history.unreadable)
      findings.push({ kind: 'skipped', offset, message: `${code}: ${message}` });
    return { partition, foldedTo: fold.foldedTo, concerts: concerts.size, entries, findings };
  }

  /** A missing checkpoint is written again within two seconds. */
  async #recordOf(partition: number, end: Offset): Promise<PartitionCheckpoint | undefined> {
    const deadline = performance.now() + this.timeoutMs;
    for (;;) {
      const record = await this.ports.records.partition(partition);
      if (record || end === 0 || performance.now() > deadline) return record;
      await pause(POLL_MS);
    }
  }
}
