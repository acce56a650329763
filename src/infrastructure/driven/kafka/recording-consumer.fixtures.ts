import type { LogConsumer, LogRecord } from '../../../application/ports/log-subscription.port.ts';
import type { Offset } from '../../../domain/types.ts';

/** The next offset by partition, shared by the members of a group as the view is. */
export type ProjectedOffsets = Map<number, Offset>;

/** Records the calls of a subscription, and every violation of the port's rules. */
export class RecordingConsumer implements LogConsumer {
  readonly owned = new Set<number>();
  readonly records: LogRecord[] = [];
  readonly violations: string[] = [];
  readonly calls: string[] = [];
  readonly #busy = new Set<number>();
  readonly #projected: ProjectedOffsets;
  /** Runs before each batch is recorded. An error makes `consume` fail. */
  beforeConsume: (partition: number, records: readonly LogRecord[]) => Promise<void> | void = () => {};
  whileLoading: (partition: number) => Promise<void> | void = () => {};

  constructor(projected: ProjectedOffsets = new Map()) {
    this.#projected = projected;
  }

  async assigned(partition: number): Promise<Offset> {
    this.calls.push(`assigned ${partition}`);
    if (this.#busy.has(partition)) this.violations.push(`assigned ${partition} during another call`);
    await this.whileLoading(partition);
    this.owned.add(partition);
    return this.#projected.get(partition) ?? 0;
  }
  revoked(partition: number): void {
    this.calls.push(`revoked ${partition}`);
    this.owned.delete(partition);
  }
  async consume(partition: number, records: readonly LogRecord[]): Promise<void> {
    if (!this.owned.has(partition)) this.violations.push(`consume ${partition} of an unassigned partition`);
    if (this.#busy.has(partition)) this.violations.push(`consume ${partition} during another call`);
    if (records.length === 0 || records.length > 2000) this.violations.push(`${records.length} records at once`);
    this.#busy.add(partition);
    try {
      await this.beforeConsume(partition, records);
      for (const record of records) {
        const expected = this.#projected.get(partition) ?? 0;
        if (record.offset !== expected) this.violations.push(`${partition}: ${record.offset}, not ${expected}`);
        this.#projected.set(partition, record.offset + 1);
        this.records.push(record);
      }
    } finally {
      this.#busy.delete(partition);
    }
  }

  async passed(partition: number, next: Offset): Promise<void> {
    if (!this.owned.has(partition)) this.violations.push(`passed ${partition} of an unassigned partition`);
    if (this.#busy.has(partition)) this.violations.push(`passed ${partition} during another call`);
    if (next < (this.#projected.get(partition) ?? 0)) this.violations.push(`${partition}: passed back to ${next}`);
    this.#projected.set(partition, next);
  }
}
