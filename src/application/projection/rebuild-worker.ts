import { randomUUID } from 'node:crypto';
import type { ConcertId } from '../../domain/types.ts';
import { CoalescedCall } from '../../lib/coalesced-call.ts';
import { errorMessage } from '../../lib/error-message.ts';
import { recordAt } from '../event-log/record-at.ts';
import type { LogRecord } from '../ports/log-subscription.port.ts';
import type { Logger } from '../ports/logger.port.ts';
import type { RebuildProgress, RebuildRequests } from '../ports/rebuild-requests.port.ts';
import { UnreadableRecord } from './event-reader.ts';
import type { PartitionProjection } from './partition-projection.ts';
import { PartitionRebuild, type RebuildPorts } from './partition-rebuild.ts';
import { INITIAL_PROGRESS, isOver } from './rebuild-progress.ts';

const POLL_MS = 500;
/** Polls from one check of the dead letters to the next. */
const DEAD_LETTER_POLL_EVERY = 6;

interface RunningRebuild {
  readonly partition: number;
  readonly id: string;
  readonly rebuild: PartitionRebuild;
}

/**
 * Runs the rebuilds that operators request and that new dead letters require, for the partitions of this process. One rebuild
 * runs at a time.
 */
export class RebuildWorker {
  #timer: NodeJS.Timeout | undefined;
  #polls = 0;
  /** A call during a poll causes one more poll after it. */
  readonly #poll = new CoalescedCall(() => this.#pollNow());
  #current: RunningRebuild | undefined;
  #lastError: string | undefined;

  constructor(
    private readonly projector: { owned(): readonly PartitionProjection[] },
    private readonly requests: RebuildRequests,
    private readonly ports: RebuildPorts,
    private readonly logger: Logger,
  ) {}

  start(): void {
    this.#timer = setInterval(() => void this.#poll.run(), POLL_MS);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  /** Number of finished rebuilds by outcome. */
  readonly outcomes = { done: 0, failed: 0 };

  /** Progress of the running rebuild. */
  get progress(): RebuildProgress | undefined {
    return this.#current?.rebuild.progress();
  }

  async #pollNow(): Promise<void> {
    const isDeadLetterCheckDue = ++this.#polls % DEAD_LETTER_POLL_EVERY === 0;
    try {
      await this.#report();
      const ready = this.projector.owned().filter(({ caughtUp }) => caughtUp);
      await Promise.all(ready.map((projection) => this.#acceptRequest(projection)));
      if (isDeadLetterCheckDue) {
        for (const projection of ready) {
          await this.#checkDeadLetters(projection);
          await this.#checkTimeCorrections(projection);
        }
      }
      this.#lastError = undefined;
    } catch (error) {
      const message = errorMessage(error);
      if (message !== this.#lastError) this.logger.warn(`rebuild requests and dead letters cannot be read: ${message}`);
      this.#lastError = message;
    }
  }

  async #report(): Promise<void> {
    const running = this.#current;
    if (!running) return;
    const progress = running.rebuild.progress();
    await this.requests.report(running.partition, running.id, progress);
    // Kept until its outcome has been reported.
    if (isOver(progress) && this.#current === running) this.#current = undefined;
  }

  async #acceptRequest(projection: PartitionProjection): Promise<void> {
    const requested = await this.requests.latest(projection.partition);
    if (requested?.progress.state !== 'requested') return;
    if (!this.#current) {
      void this.#run(projection, requested.id, requested.concertId);
      return;
    }
    // A request may name many partitions by one id. Report the waiting ones, so that they do not time out.
    if (projection.partition === this.#current.partition && requested.id === this.#current.id) return;
    await this.requests.report(projection.partition, requested.id, INITIAL_PROGRESS);
  }

  async #run(projection: PartitionProjection, id: string, concertId: ConcertId | undefined): Promise<void> {
    const { partition } = projection;
    const rebuild = new PartitionRebuild(projection, this.ports, this.logger, concertId);
    this.#current = { partition, id, rebuild };
    const what = concertId === undefined ? `partition ${partition}` : concertId;
    this.logger.info(`rebuild of ${what}: started`);
    const running = rebuild.run();
    void this.#poll.run(); // reports the start
    const { state, reason, events, concerts } = await running;
    this.outcomes[state === 'done' ? 'done' : 'failed'] += 1;
    if (state === 'failed') this.logger.error(`rebuild of ${what}: failed: ${reason}`);
    else this.logger.info(`rebuild of ${what}: done, ${events} events, ${concerts} queues`);
    void this.#poll.run(); // reports the outcome and starts the next one
  }

  /** Finds dead letters that another process wrote. If the record was folded here, its concert is rebuilt without it. */
  async #checkDeadLetters(projection: PartitionProjection): Promise<void> {
    const { partition, skipped } = projection;
    const deadLetters = await this.ports.deadLetters.of(partition);
    skipped.mergeDeadLetters(deadLetters, projection.checkpoint);
    for (const [offset, timestamp] of skipped.unverified) {
      if (this.#current) return;
      const record = await recordAt(this.ports.log, partition, offset);
      // A dead letter with another timestamp belongs to a former topic.
      if (record?.timestamp === timestamp) {
        const concertId = await this.#concertOf(record);
        if (concertId !== undefined && projection.concerts.has(concertId)) {
          this.logger.warn(
            `partition ${partition}: offset ${offset} was folded and is a dead letter now: ${concertId} is rebuilt`,
          );
          void this.#run(projection, randomUUID(), concertId); // if it fails, the offset stays unverified and is tried again
          return;
        }
        skipped.markSkipped(record);
      }
      skipped.markVerified(offset);
    }
  }

  /** Finds corrections that another process wrote. If the record was folded here with its timestamp, its concert is rebuilt. */
  async #checkTimeCorrections(projection: PartitionProjection): Promise<void> {
    const { partition, times, concerts } = projection;
    times.merge(await this.ports.deadLetters.timeCorrections(partition), projection.checkpoint);
    for (const [offset, { timestamp }] of times.unverified) {
      if (this.#current) return;
      // A queue that folded the timestamp is at or after it.
      const isPossible = [...concerts.values()].some(({ queue }) => queue.time >= timestamp);
      const record = isPossible ? await recordAt(this.ports.log, partition, offset) : undefined;
      const concertId = record?.timestamp === timestamp ? await this.#concertOf(record) : undefined;
      const concert = concertId === undefined ? undefined : concerts.get(concertId);
      if (concertId !== undefined && concert && concert.queue.time >= timestamp) {
        this.logger.warn(`partition ${partition}: the time of offset ${offset} was corrected: ${concertId} is rebuilt`);
        void this.#run(projection, randomUUID(), concertId); // if it fails, the offset stays unverified and is tried again
        return;
      }
      times.markVerified(offset);
    }
  }

  async #concertOf(record: LogRecord): Promise<ConcertId | undefined> {
    try {
      return (await this.ports.reader.read(record)).concertId;
    } catch (error) {
      if (error instanceof UnreadableRecord) return undefined; // an unreadable record cannot have been folded
      throw error;
    }
  }
}
