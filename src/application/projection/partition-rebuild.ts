import { setTimeout as delay, setImmediate as turn } from 'node:timers/promises';
import type { ConcertId, LogTime, Offset } from '../../domain/types.ts';
import { errorMessage } from '../../lib/error-message.ts';
import type { Logger } from '../ports/logger.port.ts';
import type { QueueViewWriter } from '../ports/queue-view.port.ts';
import type { RebuildProgress } from '../ports/rebuild-requests.port.ts';
import { compareState } from './compare-state.ts';
import { ConcertProjection } from './concert-projection.ts';
import { PartitionHistory, type ReplayPorts } from './partition-history.ts';
import type { PartitionProjection } from './partition-projection.ts';
import { ShadowFold } from './shadow-fold.ts';

/** At this distance from the projection, its events are recorded for the catch-up. */
const CATCH_UP_RECORDS = 5_000;
/** Events folded before the event loop gets a turn. */
const SLICE_SIZE = 500;
const WRITE_TIMEOUT_MS = 120_000;
const WRITE_POLL_MS = 20;

export interface RebuildPorts extends ReplayPorts {
  readonly view: QueueViewWriter;
}

/** A rebuild that did not complete. It leaves every view either replaced or as it was. */
class RebuildFailed extends Error {
  override name = 'RebuildFailed';
}

/**
 * Folds a partition again from its first record while the projection continues, then writes a new generation of every view.
 * Where the two folds differ, the shadow fold replaces the queue in memory.
 */
export class PartitionRebuild {
  readonly #shadow: ShadowFold;
  #state: RebuildProgress['state'] = 'requested';
  #events: Offset = 0;
  #targetEvents: Offset = 0;
  #startedAt = performance.now();
  #eventsPerSecond = 0;
  #concerts = 0;
  #targetConcerts = 0;
  readonly #repaired: ConcertId[] = [];
  /** Offsets of the records that it folded with corrected times. */
  readonly #corrected: Offset[] = [];
  #reason: string | undefined;

  constructor(
    private readonly projection: PartitionProjection,
    private readonly ports: RebuildPorts,
    private readonly logger: Logger,
    private readonly onlyConcert: ConcertId | undefined,
  ) {
    this.#shadow = new ShadowFold(onlyConcert);
  }

  progress(): RebuildProgress {
    return {
      state: this.#state,
      events: this.#events,
      targetEvents: this.#targetEvents,
      eventsPerSecond: this.#eventsPerSecond,
      concerts: this.#concerts,
      targetConcerts: this.#targetConcerts,
      repaired: this.#repaired,
      ...(this.#reason !== undefined && { reason: this.#reason }),
    };
  }

  /** Never rejects: a failure is in the progress. */
  async run(): Promise<RebuildProgress> {
    this.projection.observe(this.#shadow);
    try {
      const skipped = await this.#fold();
      // Persist the skips before a view without them is activated; otherwise readers report the skipped requests as LEFT.
      this.projection.skipped.markPending(skipped);
      await this.projection.saveCheckpoint();
      await this.#replace();
      for (const [offset, timestamp] of skipped) this.projection.skipped.markSkipped({ offset, timestamp });
      for (const offset of this.#corrected) this.projection.times.markVerified(offset);
      this.projection.resetTimestamp();
      this.#state = 'done';
    } catch (error) {
      this.#reason = errorMessage(error);
      this.#state = 'failed';
    } finally {
      this.projection.stopObserving(this.#shadow);
    }
    return this.progress();
  }

  /** @returns the dead letters that it skipped */
  async #fold(): Promise<ReadonlyMap<Offset, LogTime>> {
    this.#state = 'folding';
    this.#startedAt = performance.now();
    const { projection } = this;
    const history = await PartitionHistory.open(this.ports, projection.partition, this.onlyConcert);
    for (let isLast = false, next = 0; !isLast; ) {
      const end = projection.checkpoint + 1;
      isLast = end - next <= CATCH_UP_RECORDS;
      if (isLast) this.#shadow.startCatchUp();
      await this.#read(history, next, end);
      next = end;
    }
    const [unreadable] = history.unreadable;
    if (unreadable) {
      throw new RebuildFailed(
        `offset ${unreadable.offset} cannot be read (${unreadable.code}: ${unreadable.message}), and no dead letter names it`,
      );
    }
    this.#shadow.finishCatchUp();
    return history.skipped;
  }

  async #read(history: PartitionHistory, from: Offset, to: Offset): Promise<void> {
    this.#targetEvents = to;
    for await (const events of history.events(from, to)) {
      for (let at = 0; at < events.length; at += SLICE_SIZE) {
        for (const { event, at: position, stampedAt } of events.slice(at, at + SLICE_SIZE)) {
          this.#shadow.fold(event, position);
          if (stampedAt !== undefined) this.#corrected.push(position.offset);
        }
        this.#events = Math.max(this.#events, events[Math.min(at + SLICE_SIZE, events.length) - 1]?.at.offset ?? 0);
        this.#eventsPerSecond = Math.round(this.#events / ((performance.now() - this.#startedAt) / 1000));
        await turn();
        this.#requireOwned();
      }
    }
    this.#requireOwned();
    this.#events = to;
  }

  async #replace(): Promise<void> {
    this.#state = 'writing';
    const { concerts } = this.projection;
    const live =
      this.onlyConcert === undefined
        ? [...concerts.keys()]
        : [this.onlyConcert].filter((concertId) => concerts.has(concertId));
    const all = new Set([...this.#shadow.queues.keys(), ...live]);
    if (this.onlyConcert !== undefined && all.size === 0)
      throw new RebuildFailed(`the log has no queue of ${this.onlyConcert}`);
    this.#targetConcerts = all.size;
    for (const concertId of all) {
      await turn();
      this.#requireOwned();
      await this.#replaceOne(concertId);
      this.#concerts += 1;
    }
  }

  async #replaceOne(concertId: ConcertId): Promise<void> {
    const { projection } = this;
    const concert = projection.concerts.get(concertId);
    // Both queues are at the same offset here. If this one replaces the live one, the shadow must not apply events to it as well.
    const folded = this.#shadow.queues.get(concertId);
    this.#shadow.queues.delete(concertId);
    if (!folded) throw new RebuildFailed(`the log has no queue of ${concertId}, which is in memory`);
    if (!concert) {
      this.#recordRepair(concertId, 'the queue was missing from memory');
      const restored = ConcertProjection.restore(this.ports.view, concertId, folded);
      projection.addRestored(restored);
      return this.#waitUntilWritten(restored);
    }
    const difference = compareState(concert.queue, folded);
    if (difference) {
      // Not logged: the values, which may name users.
      this.#recordRepair(
        concertId,
        `memory differed from the log, first in ${difference.field.split('.').slice(0, 2).join('.')}`,
      );
      concert.replaceWith(folded);
      projection.changedConcerts.add(concert);
      return this.#waitUntilWritten(concert);
    }
    // A repair or a draw may be rewriting the view: wait for it and try again.
    for (const since = performance.now(); !(await concert.rebuildInPlace()); await this.#waitUntilWritten(concert)) {
      this.#requireOwned();
      if (performance.now() - since > WRITE_TIMEOUT_MS) throw new RebuildFailed(`${concertId} could not be written`);
    }
  }

  async #waitUntilWritten(concert: ConcertProjection): Promise<void> {
    const since = performance.now();
    do {
      await delay(WRITE_POLL_MS);
      this.#requireOwned();
      if (performance.now() - since > WRITE_TIMEOUT_MS)
        throw new RebuildFailed(`the view of ${concert.concertId} was not written in time`);
    } while (concert.rewriting || concert.deferred);
  }

  #recordRepair(concertId: ConcertId, problem: string): void {
    this.#repaired.push(concertId);
    this.logger.error(`rebuild of ${concertId}: ${problem}; the state folded from the log replaces it`);
  }

  #requireOwned(): void {
    if (!this.projection.isObservedBy(this.#shadow))
      throw new RebuildFailed('the partition was assigned to another process');
  }
}
