import { setTimeout as pause, setImmediate as turn } from 'node:timers/promises';
import type { ConcertId, LogTime, Offset } from '../../domain/types.ts';
import type { Logger } from '../ports/logger.port.ts';
import type { QueueViewWriter } from '../ports/queue-view.port.ts';
import type { RebuildProgress } from '../ports/rebuild-requests.port.ts';
import { compareState } from './compare-state.ts';
import { ConcertProjection } from './concert-projection.ts';
import { PartitionHistory, type ReplayPorts } from './partition-history.ts';
import type { PartitionProjection } from './partition-projection.ts';
import { ShadowFold } from './shadow-fold.ts';

/** So near to the live fold it is followed event by event. */
const LAST_STRETCH = 5_000;
/** Folded at once; between such slices whoever else has something to do is served. */
const SLICE = 500;
const SETTLED_WITHIN_MS = 120_000;
const LOOK_AGAIN_MS = 20;

export interface RebuildPorts extends ReplayPorts {
  readonly view: QueueViewWriter;
}

/** Why a rebuild ended without having done what was asked; nothing that readers see was touched by it. */
class RebuildFailed extends Error {
  override name = 'RebuildFailed';
}

/**
 * Folds a partition from its first record in memory of its own, while the live fold goes on, and replaces the view of each queue
 * by a new generation: one that was written from a state which both folds agree on, or where they differ, from the fresh one.
 */
export class PartitionRebuild {
  readonly #fresh: ShadowFold;
  #state: RebuildProgress['state'] = 'requested';
  #events: Offset = 0;
  #eventsInAll: Offset = 0;
  #startedAt = performance.now();
  #eventsPerSecond = 0;
  #concerts = 0;
  #concertsInAll = 0;
  readonly #mended: ConcertId[] = [];
  #reason: string | undefined;

  constructor(
    private readonly projection: PartitionProjection,
    private readonly ports: RebuildPorts,
    private readonly diagnostics: Logger,
    private readonly only: ConcertId | undefined,
  ) {
    this.#fresh = new ShadowFold(only);
  }

  progress(): RebuildProgress {
    return {
      state: this.#state,
      events: this.#events,
      eventsInAll: this.#eventsInAll,
      eventsPerSecond: this.#eventsPerSecond,
      concerts: this.#concerts,
      concertsInAll: this.#concertsInAll,
      mended: this.#mended,
      ...(this.#reason !== undefined && { reason: this.#reason }),
    };
  }

  /** Never rejects: what went wrong is in the progress. */
  async run(): Promise<RebuildProgress> {
    this.projection.follow(this.#fresh);
    try {
      const leftOut = await this.#fold();
      // Before anything without them is shown: whoever saw that first would take their requests for gone.
      this.projection.skipped.announce(leftOut);
      await this.projection.record();
      await this.#replace();
      for (const [offset, timestamp] of leftOut) this.projection.skipped.add({ offset, timestamp });
      this.#state = 'done';
    } catch (error) {
      this.#reason = error instanceof Error ? error.message : String(error);
      this.#state = 'failed';
    } finally {
      this.projection.unfollow(this.#fresh);
    }
    return this.progress();
  }

  /** @returns what it left out, being named by dead letters */
  async #fold(): Promise<ReadonlyMap<Offset, LogTime>> {
    this.#state = 'folding';
    this.#startedAt = performance.now();
    const { projection } = this;
    const history = await PartitionHistory.open(this.ports, projection.partition, this.only);
    for (let isLast = false, next = 0; !isLast; ) {
      const end = projection.checkpoint + 1;
      isLast = end - next <= LAST_STRETCH;
      if (isLast) this.#fresh.startCatchUp();
      await this.#read(history, next, end);
      next = end;
    }
    const [unread] = history.unaccounted;
    if (unread) {
      throw new RebuildFailed(
        `offset ${unread.offset} cannot be read (${unread.code}: ${unread.message}), and no dead letter names it`,
      );
    }
    this.#fresh.finishCatchUp();
    return history.leftOut;
  }

  async #read(history: PartitionHistory, from: Offset, to: Offset): Promise<void> {
    this.#eventsInAll = to;
    for await (const events of history.events(from, to)) {
      for (let at = 0; at < events.length; at += SLICE) {
        for (const one of events.slice(at, at + SLICE)) this.#fresh.fold(one.event, one.at);
        this.#events = Math.max(this.#events, events[Math.min(at + SLICE, events.length) - 1]?.at.offset ?? 0);
        this.#eventsPerSecond = Math.round(this.#events / ((performance.now() - this.#startedAt) / 1000));
        await turn();
        this.#requireOurs();
      }
    }
    this.#requireOurs();
    this.#events = to;
  }

  async #replace(): Promise<void> {
    this.#state = 'writing';
    const { concerts } = this.projection;
    const live = this.only === undefined ? [...concerts.keys()] : [this.only].filter((one) => concerts.has(one));
    const all = new Set([...this.#fresh.queues.keys(), ...live]);
    if (this.only !== undefined && all.size === 0) throw new RebuildFailed(`the log has no queue of ${this.only}`);
    this.#concertsInAll = all.size;
    for (const concertId of all) {
      await turn();
      this.#requireOurs();
      await this.#replaceOne(concertId);
      this.#concerts += 1;
    }
  }

  async #replaceOne(concertId: ConcertId): Promise<void> {
    const { projection } = this;
    const concert = projection.concerts.get(concertId);
    // At this moment it stands where the live queue stands. If it takes that one's place, it must be told of events once.
    const folded = this.#fresh.queues.get(concertId);
    this.#fresh.queues.delete(concertId);
    if (!folded) throw new RebuildFailed(`the log has no queue of ${concertId}, which is in memory`);
    if (!concert) {
      this.#say(concertId, 'memory had no such queue');
      const restored = ConcertProjection.restore(this.ports.view, concertId, folded);
      projection.add(restored);
      return this.#settled(restored);
    }
    const difference = compareState(concert.queue, folded);
    if (difference) {
      // Values may name users.
      this.#say(
        concertId,
        `memory differed from the log, first in ${difference.field.split('.').slice(0, 2).join('.')}`,
      );
      concert.replaceWith(folded);
      projection.touched.add(concert);
      return this.#settled(concert);
    }
    // In the way may be a view that is being mended, or a draw: then that is waited for.
    for (const since = performance.now(); !(await concert.rebuildInPlace()); await this.#settled(concert)) {
      this.#requireOurs();
      if (performance.now() - since > SETTLED_WITHIN_MS) throw new RebuildFailed(`${concertId} could not be written`);
    }
  }

  async #settled(concert: ConcertProjection): Promise<void> {
    const since = performance.now();
    do {
      await pause(LOOK_AGAIN_MS);
      this.#requireOurs();
      if (performance.now() - since > SETTLED_WITHIN_MS)
        throw new RebuildFailed(`the view of ${concert.concertId} was not written in time`);
    } while (concert.rewriting || concert.silent);
  }

  #say(concertId: ConcertId, what: string): void {
    this.#mended.push(concertId);
    this.diagnostics.error(`rebuild of ${concertId}: ${what}; what the log says is put in its place`);
  }

  #requireOurs(): void {
    if (!this.projection.isFollowedBy(this.#fresh)) throw new RebuildFailed('the partition went to another process');
  }
}
