import type { LogConsumer, LogRecord } from '../../../application/ports/log-subscription.port.ts';
import type { Offset } from '../../../domain/types.ts';

/** Where several members of a group together keep what they folded, as the view would: the next offset by partition. */
export type Folded = Map<number, Offset>;

/** A projector that only notes what it is given, and complains about whatever the port does not allow. */
export class Projector implements LogConsumer {
  readonly owned = new Set<number>();
  readonly records: LogRecord[] = [];
  readonly complaints: string[] = [];
  readonly calls: string[] = [];
  readonly #busy = new Set<number>();
  readonly #folded: Folded;
  /** Called before each fold; what it throws, consume throws. */
  before: (partition: number, records: readonly LogRecord[]) => Promise<void> | void = () => {};
  loading: (partition: number) => Promise<void> | void = () => {};

  constructor(folded: Folded = new Map()) {
    this.#folded = folded;
  }

  async assigned(partition: number): Promise<Offset> {
    this.calls.push(`assigned ${partition}`);
    if (this.#busy.has(partition)) this.complaints.push(`assigned ${partition} during another call`);
    await this.loading(partition);
    this.owned.add(partition);
    return this.#folded.get(partition) ?? 0;
  }
  revoked(partition: number): void {
    this.calls.push(`revoked ${partition}`);
    this.owned.delete(partition);
  }
  async consume(partition: number, records: readonly LogRecord[]): Promise<void> {
    if (!this.owned.has(partition)) this.complaints.push(`consume ${partition} without owning it`);
    if (this.#busy.has(partition)) this.complaints.push(`consume ${partition} during another call`);
    if (records.length === 0 || records.length > 2000) this.complaints.push(`${records.length} records at once`);
    this.#busy.add(partition);
    try {
      await this.before(partition, records);
      for (const record of records) {
        const expected = this.#folded.get(partition) ?? 0;
        if (record.offset !== expected) this.complaints.push(`${partition}: ${record.offset}, not ${expected}`);
        this.#folded.set(partition, record.offset + 1);
        this.records.push(record);
      }
    } finally {
      this.#busy.delete(partition);
    }
  }
}
