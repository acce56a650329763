import type { ConcertId, Entry, Offset, Rejection } from '../../domain/types.ts';
import { poll } from '../../lib/poll.ts';
import { recordAt } from '../event-log/record-at.ts';
import type { DeadLetters } from '../ports/dead-letters.port.ts';
import type { Receipt } from '../ports/event-log.port.ts';
import type { LogReader } from '../ports/log-reader.port.ts';
import type { EntryView } from '../ports/queue-view.port.ts';
import type { Redriver } from '../ports/redriver.port.ts';
import { checkRedrive, obstacleTo, type RedriveCheck, type RedriveCheckPorts } from './redrive-check.ts';

/** From the last append, for all records together. */
const PROJECTED_TIMEOUT_MS = 10_000;
const POLL = { firstMs: 20, maxMs: 500 };

export interface RedrivePorts extends RedriveCheckPorts {
  readonly log: LogReader;
  readonly deadLetters: DeadLetters;
  readonly redriver: Redriver;
}

/** A record of the log. */
export interface RecordPosition {
  readonly partition: number;
  readonly offset: Offset;
}

export interface RedriveVerdict extends RecordPosition {
  /** `no effect`: it was appended, and the queue ignored it. */
  readonly is: 'redriven' | 'no effect' | 'redriven before' | 'refused';
  readonly concertId?: ConcertId;
  /** Receipt of the redrive. */
  readonly receipt?: Receipt;
  /** The entry that it created; undefined if the redrive was not projected in time. */
  readonly state?: Entry['state'];
  readonly rejectedBecause?: Rejection;
  /** Why it was refused or ignored. */
  readonly reason?: string;
}

type Appended = RedriveCheck & { is: 'possible' } & { readonly record: RecordPosition; readonly appended: Receipt };

/**
 * Appends skipped requests again once they can be read; each gets the place of its receipt. The record comes from the log, and the
 * dead letters show that it was skipped.
 */
export class RedriveDeadLetters {
  constructor(private readonly ports: RedrivePorts) {}

  /** Every dead letter of the log, in the order of receipts. */
  async all(): Promise<readonly RedriveVerdict[]> {
    const records: RecordPosition[] = [];
    for (let partition = 0; partition < this.ports.log.partitions; partition++) {
      const letters = await this.ports.deadLetters.of(partition);
      for (const offset of [...letters.keys()].toSorted((a, b) => a - b)) records.push({ partition, offset });
    }
    return this.these(records);
  }

  /** These dead letters. Appends all of them, then reads what became of them. */
  async these(records: readonly RecordPosition[]): Promise<readonly RedriveVerdict[]> {
    const attempts: (RedriveVerdict | Appended)[] = [];
    for (const record of records) attempts.push(await this.#append(record));
    const deadline = performance.now() + PROJECTED_TIMEOUT_MS;
    const verdicts: RedriveVerdict[] = [];
    for (const attempt of attempts)
      verdicts.push('appended' in attempt ? await this.#effectOf(attempt, deadline) : attempt);
    return verdicts;
  }

  async #append({ partition, offset }: RecordPosition): Promise<RedriveVerdict | Appended> {
    const refused = (reason: string): RedriveVerdict => ({ partition, offset, is: 'refused', reason });
    const { partitions } = this.ports.log;
    if (partition >= partitions) return refused(`there is no partition ${partition}`);
    const timestamp = (await this.ports.deadLetters.of(partition)).get(offset);
    if (timestamp === undefined) return refused('no dead letter names it');
    const record = await recordAt(this.ports.log, partition, offset);
    if (record?.timestamp !== timestamp)
      return refused('the log holds another record there: the dead letter is of another log');
    const check = await checkRedrive(this.ports, record);
    if (check.is === 'possible') {
      const headers = { ...record.headers, ...this.ports.reader.schemaHeader(record) };
      const appended = await this.ports.redriver.append({ ...record, headers });
      return { ...check, record: { partition, offset }, appended };
    }
    const { is, reason, concertId } = check;
    const ofConcert = concertId === undefined ? {} : { concertId };
    return is === 'redriven before' ? { partition, offset, is, ...ofConcert } : { ...refused(reason), ...ofConcert };
  }

  async #effectOf(
    { record, concertId, userId, receipt, appended }: Appended,
    deadline: number,
  ): Promise<RedriveVerdict> {
    const redriven = { ...record, concertId, receipt: appended };
    const timeoutMs = deadline - performance.now();
    const seen = await poll(() => this.#projected(concertId, userId, appended.offset), { ...POLL, timeoutMs });
    if (!seen) return { ...redriven, is: 'redriven' };
    const { entry } = seen;
    if (entry?.offset !== receipt.offset) {
      const reason = obstacleTo(receipt, seen)?.reason ?? 'its entry has been purged';
      return { ...redriven, is: 'no effect', reason };
    }
    const { state } = entry;
    return { ...redriven, is: 'redriven', state, ...(state === 'REJECTED' && { rejectedBecause: entry.reason }) };
  }

  /** undefined: the record at this offset is not projected, or the view cannot say so. */
  async #projected(concertId: ConcertId, userId: string, offset: Offset): Promise<EntryView | undefined> {
    const seen = await this.ports.view.entry(concertId, userId).catch(() => undefined);
    return seen && seen.head.offset >= offset ? seen : undefined;
  }
}
