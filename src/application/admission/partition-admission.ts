import { type AdmissionDecision, decideAdmission, nextAdmissionAt } from '../../domain/admission-policy.ts';
import type { QueueEvent } from '../../domain/events.generated.ts';
import type { ConcertId, LogTime, Offset } from '../../domain/types.ts';
import { OUTAGE_MS, type VisibilityRecord, VisibilityWatermark } from '../../domain/visibility-watermark.ts';
import { Schedule } from '../../lib/schedule.ts';
import type { DrawSecrets } from '../commands/draw-secrets.ts';
import { LogClock } from '../event-log/log-clock.ts';
import type { EventLog } from '../ports/event-log.port.ts';
import type { Logger } from '../ports/logger.port.ts';
import type { ConcertProjection } from '../projection/concert-projection.ts';
import type { PartitionProjection } from '../projection/partition-projection.ts';
import { EndOffsetHistory } from './end-offset-history.ts';
import { ForwardSteps } from './forward-steps.ts';

/** A decision that is not acknowledged is made again after this time. Repeating it is harmless. */
const ACK_TIMEOUT_MS = 2000;
const MIN_TICK_INTERVAL_MS = 20;
/** Decisions require that the projection has reached the end that the log had this long ago. */
const MAX_LAG_MS = 5000;

/** A decision that was appended and is not yet folded. */
interface PendingDecision {
  readonly sentAt: number;
  /** undefined until acknowledged. */
  offset: Offset | undefined;
}

/** Admission control for the concerts of one partition. It decides on the state that this process has folded and written. */
export class PartitionAdmission {
  readonly #clock = new LogClock();
  readonly #steps = new ForwardSteps();
  readonly #schedule = new Schedule<ConcertProjection>();
  readonly #pending = new Map<ConcertProjection, PendingDecision>();
  /** Concerts whose draw cannot be held, because no secret matches the commitment. Logged once each. */
  readonly #drawsWithoutSeed = new Set<ConcertId>();
  readonly #ends = new EndOffsetHistory(2 * MAX_LAG_MS);
  #watermark = new VisibilityWatermark();
  /** Becomes the watermark when the heartbeat that stores it was written. */
  #pendingWatermark: VisibilityWatermark | undefined;
  #tickedAt = 0;
  /** Log time of the last verification that found every view intact. */
  #lastIntactAt: LogTime | undefined;

  constructor(
    private readonly projection: PartitionProjection,
    private readonly log: EventLog,
    private readonly draws: DrawSecrets,
    private readonly logger: Logger,
  ) {}

  /** The partition was assigned to this process. The watermark of the former owner is in the loaded checkpoint. */
  takeOver(): void {
    this.#watermark = new VisibilityWatermark(this.projection.visibility);
    this.#pendingWatermark = undefined;
    this.#schedule.clear();
    this.#pending.clear();
    this.#ends.clear();
    for (const concert of this.projection.concerts.values()) this.projection.changedConcerts.add(concert);
  }

  /** The record to store with the next checkpoint. */
  get visibility(): VisibilityRecord | null {
    return (this.#pendingWatermark ?? this.#watermark).record();
  }

  /**
   * Advances the watermark to the time at which the projection was complete. Entries called after that time are not yet shown.
   *
   * @param readAt monotonic time at which `end` was requested
   */
  beforeHeartbeat(readAt: number, end: Offset): void {
    this.#ends.add(readAt, end);
    const completeAt = this.#completeWithin(OUTAGE_MS);
    if (completeAt === undefined || this.projection.rewriting) return;
    const [shown, now] = [this.#clock.at(completeAt), this.#clock.now()];
    if (shown === undefined || now === undefined) return;
    this.#lastIntactAt ??= shown;
    this.#pendingWatermark = new VisibilityWatermark(this.#watermark.record());
    this.#pendingWatermark.confirm(shown, now);
  }

  /** The view accepted the heartbeat, so users could read it. Entries may expire up to the new watermark from here on. */
  afterHeartbeat(): void {
    this.#watermark = this.#pendingWatermark ?? this.#watermark;
    this.#pendingWatermark = undefined;
  }

  /** The view may be unavailable to users, so the watermark does not advance. */
  heartbeatFailed(): void {
    this.#pendingWatermark = undefined;
  }

  /** The views were compared with memory. */
  onVerified(isIntact: boolean): void {
    if (isIntact) this.#lastIntactAt = this.#clock.now();
    else if (this.#lastIntactAt !== undefined) this.#watermark.retract(this.#lastIntactAt);
  }

  /** Appends the events that are due. */
  tick(): void {
    if (performance.now() - this.#tickedAt < MIN_TICK_INTERVAL_MS) return;
    this.#tickedAt = performance.now();
    this.#clock.observe(this.projection.timestamp);
    if (this.#completeWithin(MAX_LAG_MS) === undefined || !this.projection.caughtUp) return;
    this.#scheduleChanged();
    const now = this.#clock.now();
    if (now === undefined) return;
    this.#steps.note(now);
    for (const concert of this.#schedule.due(now)) this.#decide(concert, now);
  }

  /** The last monotonic time at which the projection was complete; undefined if that is more than `maxAgeMs` ago. */
  #completeWithin(maxAgeMs: number): number | undefined {
    const at = this.#ends.completeAt(this.projection.checkpoint);
    return at !== undefined && performance.now() - at <= maxAgeMs ? at : undefined;
  }

  /** Schedules the next decision of every concert that has changed. */
  #scheduleChanged(): void {
    const { changedConcerts } = this.projection;
    for (const concert of changedConcerts) {
      if (!concert.inSync || this.#hasPending(concert)) continue;
      changedConcerts.delete(concert);
      const next = nextAdmissionAt(concert.queue, this.#watermark.hold(claimWindowMs(concert)));
      this.#schedule.plan(concert, next);
      if (next < Number.POSITIVE_INFINITY && this.#clock.now() === undefined) this.#startClock(concert);
    }
  }

  #hasPending(concert: ConcertProjection): boolean {
    const pending = this.#pending.get(concert);
    if (!pending) return false;
    const isFolded = pending.offset !== undefined && concert.queue.offset >= pending.offset;
    if (!isFolded && performance.now() - pending.sentAt < ACK_TIMEOUT_MS) return true;
    this.#pending.delete(concert);
    return false;
  }

  #decide(concert: ConcertProjection, now: LogTime): void {
    this.projection.changedConcerts.add(concert);
    if (!concert.inSync || this.#hasPending(concert)) return;
    const slowed = now - this.#steps.lagMs(longestWindowMs(concert));
    const through = Math.min(slowed, this.#watermark.through(claimWindowMs(concert)));
    const decision = decideAdmission(concert.queue, now, through);
    const event = decision && this.#eventOf(concert, decision);
    if (event) this.#append(concert, event);
  }

  #eventOf(concert: ConcertProjection, decision: AdmissionDecision): QueueEvent | undefined {
    const { concertId, queue } = concert;
    const occurredAt = Date.now();
    if (decision.type !== 'DrawHeld') return { ...decision, concertId, occurredAt };
    const seed = queue.draw ? this.draws.reveal(concertId, queue.draw) : undefined;
    if (seed !== undefined) return { type: 'DrawHeld', concertId, occurredAt, seed };
    if (!this.#drawsWithoutSeed.has(concertId))
      this.logger.error(`the draw of ${concertId} cannot be held: none of DRAW_SECRETS matches its commitment`);
    this.#drawsWithoutSeed.add(concertId);
    return undefined;
  }

  /** Appends an event without effect: its timestamp sets the log clock, which is unknown after a takeover. */
  #startClock(concert: ConcertProjection): void {
    if (this.#pending.size > 0) return;
    this.#append(concert, { type: 'TimePassed', concertId: concert.concertId, occurredAt: Date.now(), through: 0 });
  }

  #append(concert: ConcertProjection, event: QueueEvent): void {
    const pending: PendingDecision = { sentAt: performance.now(), offset: undefined };
    this.#pending.set(concert, pending);
    this.projection.changedConcerts.add(concert);
    this.log.append(event, 'control').then(
      ({ offset, timestamp }) => {
        pending.offset = offset;
        this.#clock.acknowledge(timestamp, performance.now() - pending.sentAt);
      },
      // The decision is made again after ACK_TIMEOUT_MS.
      (error: unknown) =>
        this.logger.debug(`${event.type} of ${event.concertId} was not acknowledged: ${String(error)}`),
    );
  }
}

function claimWindowMs({ queue }: ConcertProjection): number {
  return queue.policy.claimWindowSeconds * 1000;
}

function longestWindowMs({ queue: { policy } }: ConcertProjection): number {
  return Math.max(policy.claimWindowSeconds, policy.activeWindowSeconds) * 1000;
}
