import { QueueError } from '../errors.ts';
import type { EntryClaims } from '../ports/entry-tokens.port.ts';
import type { EventLog, Receipt } from '../ports/event-log.port.ts';
import type { QueueViewReader } from '../ports/queue-view.port.ts';
import { EntryStatus } from '../queries/entry-status.ts';
import { TERMINAL_STATES } from '../queries/get-my-entry.query.ts';

/** Finds commands that would append an event without effect: a token never expires, so its holder could fill the log. */
export class EndedEntryReceipt {
  readonly #status: EntryStatus;

  constructor(
    private readonly log: EventLog,
    private readonly view: QueueViewReader,
  ) {
    this.#status = new EntryStatus(log, view);
  }

  /** The receipt of the token's entry once the view shows that the entry has ended; undefined before, and while the view is unavailable. */
  async find({ concertId, userId, offset }: Omit<EntryClaims, 'partition'>): Promise<Receipt | undefined> {
    try {
      const seen = await this.view.entry(concertId, userId);
      if (!seen) return undefined;
      const token = { concertId, userId, offset, partition: this.log.partitionOf(concertId) };
      const { state, receipt } = await this.#status.inQueue(token, seen);
      return TERMINAL_STATES.has(state) ? receipt : undefined;
    } catch (error) {
      if (error instanceof QueueError) return undefined;
      throw error;
    }
  }
}
