import type { EntryId } from '../../domain/types.ts';
import { abortableDelay, Backoff } from '../../lib/backoff.ts';
import { errorMessage } from '../../lib/error-message.ts';
import { FatalError } from '../errors.ts';
import { receiptOf } from '../event-log/receipt.ts';
import type { EventLog, Receipt } from '../ports/event-log.port.ts';
import type { Logger } from '../ports/logger.port.ts';
import type { Outbox, OutboxLeadership, OutboxRow, Publication } from '../ports/outbox.port.ts';

/** Rows that are read, published and marked together: one batch of the log. */
const BATCH = 500;
/** After this many batches of higher ids, reading starts with the lowest again: a late commit may be there. */
const BATCHES_PER_LOOK = 20;
/** Interval of reading without a notification, which may be lost. */
const POLL_MS = 2000;
const STANDBY_MS = 500;
const BACKOFF = { firstMs: 100, maxMs: 2000 };
const PRUNE_EVERY_MS = 30_000;
const PRUNED_AT_ONCE = 5000;

export type RelayState =
  | { readonly is: 'leading' | 'standing-by' }
  | { readonly is: 'failing'; readonly reason: string };

/**
 * Publishes the committed rows of the outbox at least once, in the order in which it finds them.
 *
 * A row is read, appended and marked with its receipt, in this order. After any failure the row is found again without a receipt and
 * appended again with the same entryId, which the fold recognises. The relay reads rows without a receipt and keeps no cursor: a
 * transaction may commit long after others that began later.
 */
export class Relay {
  #state: RelayState = { is: 'standing-by' };
  #running: Promise<void> | undefined;
  readonly #stopping = new AbortController();
  /** Published, but not marked, because the leadership was lost in between. They need not be published again. */
  readonly #unmarked = new Map<EntryId, Receipt>();
  #published = 0;
  #prunedAt = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly outbox: Outbox,
    private readonly log: EventLog,
    private readonly settings: { readonly retentionSeconds: number },
    private readonly diagnostics: Logger,
  ) {}

  get state(): RelayState {
    return this.#state;
  }

  /** Rows appended by this process, repeats included. */
  get published(): number {
    return this.#published;
  }

  /** Runs until stopped and retries failures. @param onFatal called with an error that no retry resolves */
  start(onFatal: (error: FatalError) => void): void {
    this.#running = this.#run().catch((error: unknown) => {
      onFatal(
        error instanceof FatalError ? error : new FatalError(`unexpected error: ${String(error)}`, { cause: error }),
      );
    });
  }

  /** Finishes the current batch. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
    await this.outbox.close();
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopping;
    const backoff = new Backoff(BACKOFF, signal);
    while (!this.#stopped) {
      try {
        const lead = await this.outbox.lead();
        if (!lead) {
          this.#become({ is: 'standing-by' });
          await abortableDelay(STANDBY_MS, signal);
          continue;
        }
        const found = await this.#look(lead);
        this.#become({ is: 'leading' });
        backoff.reset();
        await this.#prune(lead);
        if (found < BATCH) await lead.woken(POLL_MS, signal);
      } catch (error) {
        if (error instanceof FatalError) throw error;
        this.#become({ is: 'failing', reason: errorMessage(error) });
        await backoff.pause();
      }
    }
  }

  /** @returns how many rows the last batch had. @throws when a row could not be published or marked */
  async #look(lead: OutboxLeadership): Promise<number> {
    let after = -1n;
    for (let batch = 0; ; batch++) {
      const rows = await lead.unpublished(after, BATCH);
      await this.#publish(lead, rows);
      after = rows.at(-1)?.id ?? after;
      if (rows.length === 0 && batch === 0) this.#unmarked.clear(); // another relay found and marked them
      if (rows.length < BATCH || batch + 1 === BATCHES_PER_LOOK || this.#stopped) return rows.length;
    }
  }

  async #publish(lead: OutboxLeadership, rows: readonly OutboxRow[]): Promise<void> {
    if (rows.length === 0) return;
    const sent = await Promise.allSettled(rows.map((row) => this.#append(row)));
    const published: Publication[] = [];
    let failure: unknown;
    for (const one of sent) {
      if (one.status === 'fulfilled') published.push(one.value);
      else failure ??= one.reason;
    }
    if (published.length > 0) await lead.mark(published);
    for (const { entryId } of rows) this.#unmarked.delete(entryId);
    if (failure !== undefined) throw failure;
  }

  async #append({ id, concertId, userId, entryId, createdAt }: OutboxRow): Promise<Publication> {
    const before = this.#unmarked.get(entryId);
    if (before) return { id, receipt: before };
    const request = { type: 'QueueEntryRequested', concertId, userId, entryId, occurredAt: createdAt } as const;
    const receipt = receiptOf(await this.log.append(request));
    this.#unmarked.set(entryId, receipt);
    this.#published += 1;
    return { id, receipt };
  }

  async #prune(lead: OutboxLeadership): Promise<void> {
    if (performance.now() - this.#prunedAt < PRUNE_EVERY_MS) return;
    const pruned = await lead.prune(this.settings.retentionSeconds, PRUNED_AT_ONCE);
    if (pruned < PRUNED_AT_ONCE) this.#prunedAt = performance.now();
  }

  #become(state: RelayState): void {
    const before = this.#state;
    this.#state = state;
    const changed = before.is !== state.is || (state.is === 'failing' && wordsOf(before) !== wordsOf(state));
    if (!changed) return;
    if (state.is === 'failing') this.diagnostics.warn(`the relay waits: ${state.reason}`);
    else this.diagnostics.info(state.is === 'leading' ? 'the relay publishes' : 'the relay stands by');
  }

  get #stopped(): boolean {
    return this.#stopping.signal.aborted;
  }
}

function wordsOf(state: RelayState): string {
  return state.is === 'failing' ? state.reason : '';
}
