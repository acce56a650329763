import { type AdmissionDecision, decideAdmission, nextAdmissionAt } from '../../domain/admission-policy.ts';
import type { QueueEvent } from '../../domain/events.generated.ts';
import type { ConcertId, LogTime, Offset } from '../../domain/types.ts';
import { GAP_MS, VisibilityWatermark } from '../../domain/visibility-watermark.ts';
import { Schedule } from '../../lib/schedule.ts';
import type { DrawSecrets } from '../commands/draw-secrets.ts';
import type { EventLog } from '../ports/event-log.port.ts';
import type { Logger } from '../ports/logger.port.ts';
import type { ConcertProjection } from '../projection/concert-projection.ts';
import type { PartitionProjection } from '../projection/partition-projection.ts';
import { EndOffsetHistory } from './end-offset-history.ts';
import { LogClock } from './log-clock.ts';

/** A decision without an answer is made again after this time: saying it twice is harmless. */
const ANSWERED_WITHIN_MS = 2000;
/** Looks closer together than this find nothing new. */
const SHORTEST_TICK_MS = 20;
/** Decisions are made only by who has read all that the log held this long ago. */
const FRESHNESS_MS = 5000;

interface Flight {
  readonly sentAt: number;
  /** Where the log put it. */
  offset: Offset | undefined;
}

/** Admission for the concerts of one partition, decided from the state that its owner has folded and written. */
export class PartitionAdmission {
  readonly #clock = new LogClock();
  readonly #agenda = new Schedule<ConcertProjection>();
  readonly #flights = new Map<ConcertProjection, Flight>();
  readonly #undrawable = new Set<ConcertId>();
  readonly #ends = new EndOffsetHistory(2 * FRESHNESS_MS);
  #visibility: VisibilityWatermark;
  /** What will be vouched for once it is written. */
  #unproved: VisibilityWatermark | undefined;
  #tickedAt = 0;
  /** Log time of the last look at all heads that found nothing missing. */
  #wholeAt: LogTime | undefined;

  constructor(
    private readonly projection: PartitionProjection,
    private readonly log: EventLog,
    private readonly draws: DrawSecrets,
    private readonly diagnostics: Logger,
  ) {
    this.#visibility = new VisibilityWatermark(projection.visibility);
  }

  /** A new ownership begins: what the former owner vouched for is in the record. */
  takeOver(): void {
    this.#visibility = new VisibilityWatermark(this.projection.visibility);
    this.#unproved = undefined;
    this.#agenda.clear();
    this.#flights.clear();
    this.#ends.clear();
    for (const concert of this.projection.concerts.values()) this.projection.changedConcerts.add(concert);
  }

  /**
   * Before the partition's record is written: what it will vouch for once it is there. No later time than that at which the log
   * was seen to end where the fold is: whoever was called after it has not been shown that.
   */
  beforeBeat(): void {
    const readAt = this.#readWithin(GAP_MS);
    if (readAt === undefined || this.projection.rewriting) return;
    const [shown, now] = [this.#clock.at(readAt), this.#clock.now()];
    if (shown === undefined || now === undefined) return;
    this.#wholeAt ??= shown;
    this.#unproved = new VisibilityWatermark(this.#visibility.record());
    this.#unproved.confirm(shown, now);
    this.projection.visibility = this.#unproved.record();
  }

  /** The record was written: users could read. Not before that may anybody expire for this time. */
  afterBeat(): void {
    this.#visibility = this.#unproved ?? this.#visibility;
    this.#unproved = undefined;
  }

  /** The record could not be written: nobody knows whether users could read anything. */
  missedBeat(): void {
    this.#unproved = undefined;
    this.projection.visibility = this.#visibility.record();
  }

  /** All heads were compared with memory. */
  inspected(whole: boolean): void {
    if (whole) this.#wholeAt = this.#clock.now();
    else if (this.#wholeAt !== undefined) this.#visibility.retract(this.#wholeAt);
  }

  /** The log was seen to end there at a monotonic time. */
  sawEnd(at: number, end: Offset): void {
    this.#ends.saw(at, end);
  }

  /** Decides for whichever concerts it is time. */
  tick(): void {
    if (performance.now() - this.#tickedAt < SHORTEST_TICK_MS) return;
    this.#tickedAt = performance.now();
    this.#clock.observe(this.projection.timestamp);
    if (this.#readWithin(FRESHNESS_MS) === undefined || !this.projection.caughtUp) return;
    this.#plan();
    const now = this.#clock.now();
    if (now === undefined) return;
    for (const concert of this.#agenda.due(now)) this.#decide(concert, now);
  }

  /** When all that the log then held is folded by now, in monotonic time; undefined if that is longer ago than `ageMs`. */
  #readWithin(ageMs: number): number | undefined {
    const at = this.#ends.allReadAt(this.projection.checkpoint);
    return at !== undefined && performance.now() - at <= ageMs ? at : undefined;
  }

  /** Looks anew at every concert that was touched since. */
  #plan(): void {
    const { changedConcerts } = this.projection;
    for (const concert of changedConcerts) {
      if (!concert.inSync || this.#isInFlight(concert)) continue;
      changedConcerts.delete(concert);
      const next = nextAdmissionAt(concert.queue, this.#visibility.hold(claimWindowMs(concert)));
      this.#agenda.plan(concert, next);
      if (next < Number.POSITIVE_INFINITY && this.#clock.now() === undefined) this.#askTime(concert);
    }
  }

  #isInFlight(concert: ConcertProjection): boolean {
    const flight = this.#flights.get(concert);
    if (!flight) return false;
    const folded = flight.offset !== undefined && concert.queue.offset >= flight.offset;
    if (!folded && performance.now() - flight.sentAt < ANSWERED_WITHIN_MS) return true;
    this.#flights.delete(concert);
    return false;
  }

  #decide(concert: ConcertProjection, now: LogTime): void {
    this.projection.changedConcerts.add(concert);
    if (!concert.inSync || this.#isInFlight(concert)) return;
    const through = Math.min(now, this.#visibility.through(claimWindowMs(concert)));
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
    if (!this.#undrawable.has(concertId)) {
      this.diagnostics.error(`the draw of ${concertId} cannot be held: none of DRAW_SECRETS fits its commitment`);
    }
    this.#undrawable.add(concertId);
    return undefined;
  }

  /** Nothing has been stamped since this process took over: a record that passes no time tells what time it is. */
  #askTime(concert: ConcertProjection): void {
    if (this.#flights.size > 0) return;
    this.#append(concert, { type: 'TimePassed', concertId: concert.concertId, occurredAt: Date.now(), through: 0 });
  }

  #append(concert: ConcertProjection, event: QueueEvent): void {
    const flight: Flight = { sentAt: performance.now(), offset: undefined };
    this.#flights.set(concert, flight);
    this.projection.changedConcerts.add(concert);
    this.log.append(event, 'control').then(
      ({ offset, timestamp }) => {
        flight.offset = offset;
        this.#clock.acknowledge(timestamp, performance.now() - flight.sentAt);
      },
      // It is said again when it has been without an answer for long enough.
      (error: unknown) =>
        this.diagnostics.debug(`${event.type} of ${event.concertId} was not acknowledged: ${String(error)}`),
    );
  }
}

function claimWindowMs({ queue }: ConcertProjection): number {
  return queue.policy.claimWindowSeconds * 1000;
}
