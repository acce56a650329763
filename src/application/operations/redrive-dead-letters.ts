import type { ConcertId, Offset } from '../../domain/types.ts';
import { recordAt } from '../event-log/record-at.ts';
import { positionOf } from '../event-log/redrive-headers.ts';
import type { DeadLetters } from '../ports/dead-letters.port.ts';
import type { Receipt } from '../ports/event-log.port.ts';
import type { LogReader } from '../ports/log-reader.port.ts';
import type { LogRecord } from '../ports/log-subscription.port.ts';
import type { QueueViewReader } from '../ports/queue-view.port.ts';
import type { Redriver } from '../ports/redriver.port.ts';
import type { EventReader } from '../projection/event-reader.ts';

export interface RedrivePorts {
  readonly log: LogReader;
  readonly deadLetters: DeadLetters;
  readonly reader: EventReader;
  readonly view: Pick<QueueViewReader, 'queue'>;
  readonly redriver: Redriver;
}

export interface RedriveVerdict {
  readonly partition: number;
  /** The receipt of the skipped record. */
  readonly offset: Offset;
  readonly is: 'redriven' | 'redriven before' | 'refused';
  readonly concertId?: ConcertId;
  /** Receipt of the redrive. */
  readonly receipt?: Receipt;
  /** Why it was refused. */
  readonly reason?: string;
}

/**
 * Appends skipped requests again once they can be read; each gets the place of its receipt. The record comes from the log, and the
 * dead letters show that it was skipped.
 */
export class RedriveDeadLetters {
  constructor(private readonly ports: RedrivePorts) {}

  /** Every dead letter of the log, in the order of receipts. */
  async *all(): AsyncGenerator<RedriveVerdict> {
    for (let partition = 0; partition < this.ports.log.partitions; partition++) {
      const letters = await this.ports.deadLetters.of(partition);
      for (const offset of [...letters.keys()].toSorted((a, b) => a - b)) yield await this.one(partition, offset);
    }
  }

  /** One dead letter. Only requests for entry are redriven: any other command is late and can be repeated by its sender. */
  async one(partition: number, offset: Offset): Promise<RedriveVerdict> {
    const refused = (reason: string): RedriveVerdict => ({ partition, offset, is: 'refused', reason });
    const { partitions } = this.ports.log;
    if (partition >= partitions) return refused(`there is no partition ${partition}`);
    const timestamp = (await this.ports.deadLetters.of(partition)).get(offset);
    if (timestamp === undefined) return refused('no dead letter names it');
    const record = await recordAt(this.ports.log, partition, offset);
    if (record?.timestamp !== timestamp)
      return refused('the log holds another record there: the dead letter is of another log');
    const event = await this.#read(record);
    if (event instanceof Error) return refused(`it still cannot be read: ${event.message}`);
    const { concertId } = event;
    if (event.type !== 'QueueEntryRequested') return { ...refused(`it is a ${event.type}`), concertId };
    const queue = await this.ports.view.queue(concertId);
    if (!queue) return { ...refused('its concert has no queue'), concertId };
    if (queue.attributes.redriven.includes(positionOf(record).redriveOf?.offset ?? offset))
      return { partition, offset, is: 'redriven before', concertId };
    const receipt = await this.ports.redriver.append(record);
    return { partition, offset, is: 'redriven', concertId, receipt };
  }

  async #read(record: LogRecord) {
    try {
      return await this.ports.reader.read(record);
    } catch (error) {
      // Permanently, or at present: the registry may be unavailable. Either way not now.
      return error instanceof Error ? error : new Error(String(error));
    }
  }
}
