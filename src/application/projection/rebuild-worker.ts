import { randomUUID } from 'node:crypto';
import type { ConcertId } from '../../domain/types.ts';
import { recordAt } from '../event-log/record-at.ts';
import type { LogRecord } from '../ports/log-subscription.port.ts';
import type { Logger } from '../ports/logger.port.ts';
import type { RebuildProgress, RebuildRequests } from '../ports/rebuild-requests.port.ts';
import { UnreadableRecord } from './event-reader.ts';
import type { PartitionProjection } from './partition-projection.ts';
import { PartitionRebuild, type RebuildPorts } from './partition-rebuild.ts';
import { INITIAL_PROGRESS, isOver } from './rebuild-progress.ts';

const LOOK_EVERY_MS = 500;
/** Every so many looks the dead letters are looked at too. */
const LETTERS_EVERY = 6;

interface Running {
  readonly partition: number;
  readonly id: string;
  readonly rebuild: PartitionRebuild;
}

/** Takes up what operators ask for, and what dead letters make necessary, for the partitions of this process; one at a time. */
export class RebuildWorker {
  #timer: NodeJS.Timeout | undefined;
  #looks = 0;
  #looking = false;
  #again = false;
  #running: Running | undefined;
  #trouble: string | undefined;

  constructor(
    private readonly projector: { owned(): readonly PartitionProjection[] },
    private readonly requests: RebuildRequests,
    private readonly ports: RebuildPorts,
    private readonly diagnostics: Logger,
  ) {}

  start(): void {
    this.#timer = setInterval(() => void this.#look(), LOOK_EVERY_MS);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  /** How many have ended so. */
  readonly ended = { done: 0, failed: 0 };

  /** How far the one under way is. */
  get progress(): RebuildProgress | undefined {
    return this.#running?.rebuild.progress();
  }

  /** Whoever comes while it looks is heard when it has looked. */
  async #look(): Promise<void> {
    if (this.#looking) {
      this.#again = true;
      return;
    }
    this.#looking = true;
    const letters = ++this.#looks % LETTERS_EVERY === 0;
    try {
      await this.#report();
      const ready = this.projector.owned().filter(({ caughtUp }) => caughtUp);
      await Promise.all(ready.map((projection) => this.#takeUp(projection)));
      if (letters) for (const projection of ready) await this.#checkDeadLetters(projection);
      this.#trouble = undefined;
    } catch (error) {
      const trouble = error instanceof Error ? error.message : String(error);
      if (trouble !== this.#trouble) this.diagnostics.warn(`rebuilds and dead letters cannot be looked at: ${trouble}`);
      this.#trouble = trouble;
    } finally {
      this.#looking = false;
    }
    if (!this.#again) return;
    this.#again = false;
    await this.#look();
  }

  async #report(): Promise<void> {
    const running = this.#running;
    if (!running) return;
    const progress = running.rebuild.progress();
    await this.requests.report(running.partition, running.id, progress);
    // Kept until its end is told.
    if (isOver(progress) && this.#running === running) this.#running = undefined;
  }

  async #takeUp(projection: PartitionProjection): Promise<void> {
    const asked = await this.requests.look(projection.partition);
    if (asked?.progress.state !== 'requested') return;
    if (!this.#running) {
      void this.#run(projection, asked.id, asked.concertId);
      return;
    }
    // One request names many partitions by the same id: those that wait for their turn are not to be taken for forgotten.
    if (projection.partition === this.#running.partition && asked.id === this.#running.id) return;
    await this.requests.report(projection.partition, asked.id, INITIAL_PROGRESS);
  }

  async #run(projection: PartitionProjection, id: string, concertId: ConcertId | undefined): Promise<void> {
    const { partition } = projection;
    const rebuild = new PartitionRebuild(projection, this.ports, this.diagnostics, concertId);
    this.#running = { partition, id, rebuild };
    const what = concertId === undefined ? `partition ${partition}` : concertId;
    this.diagnostics.info(`rebuild of ${what}: begun`);
    const running = rebuild.run();
    void this.#look(); // tells that it has begun
    const { state, reason, events, concerts } = await running;
    this.ended[state === 'done' ? 'done' : 'failed'] += 1;
    if (state === 'failed') this.diagnostics.error(`rebuild of ${what}: failed: ${reason}`);
    else this.diagnostics.info(`rebuild of ${what}: done, ${events} events, ${concerts} queues`);
    void this.#look(); // tells its end at once, and takes up the next
  }

  /** Whatever others have passed over since is left out here too; what was folded before that is folded anew. */
  async #checkDeadLetters(projection: PartitionProjection): Promise<void> {
    const { partition, skipped } = projection;
    const letters = await this.ports.deadLetters.of(partition);
    skipped.hear(letters, projection.checkpoint);
    for (const [offset, timestamp] of skipped.doubtful) {
      if (this.#running) return;
      const record = await recordAt(this.ports.log, partition, offset);
      // One that names another stamp is of another log.
      if (record?.timestamp === timestamp) {
        const concertId = await this.#concertOf(record);
        if (concertId !== undefined && projection.concerts.has(concertId)) {
          this.diagnostics.warn(
            `partition ${partition}: offset ${offset} was folded, and is a dead letter: ${concertId} is folded anew`,
          );
          void this.#run(projection, randomUUID(), concertId); // if it fails, still in doubt: tried again
          return;
        }
        skipped.add(record);
      }
      skipped.settle(offset);
    }
  }

  async #concertOf(record: LogRecord): Promise<ConcertId | undefined> {
    try {
      return (await this.ports.reader.read(record)).concertId;
    } catch (error) {
      if (error instanceof UnreadableRecord) return undefined; // nobody can have folded it
      throw error;
    }
  }
}
