import { createHash } from 'node:crypto';
import TinyQueue from 'tinyqueue';
import { type AdmissionDecision, decideAdmission, nextAdmissionAt } from '../../domain/admission-policy.ts';
import { ConcertQueue } from '../../domain/concert-queue.ts';
import type { Policy, QueueEvent } from '../../domain/events.generated.ts';
import { type Entry, FULL_REFRESH, type LogPosition, type LogTime, type Offset } from '../../domain/types.ts';
import { QueueError } from '../errors.ts';
import { EntryTimelines } from './entry-timelines.ts';
import {
  type DecisionLatency,
  dueAfter,
  type Input,
  POLL_MS,
  type RecordedRun,
  type UserBehaviour,
} from './recorded-run.ts';

interface Act {
  readonly at: LogTime;
  readonly event: QueueEvent;
}

interface Planned extends Act {
  readonly decision: true;
}

/**
 * Recorded requests keep their offsets, because places and the draw depend on them. Simulated events get binary fractions between
 * them, exact for offsets below 2^31.
 */
const STEP = 2 ** -22;
const MOST_LOOKS = 10_000;
const NOTHING_VISIBLE: LogTime = -1;

/**
 * Simulates a queue under another policy. Users arrive as recorded. Admission control decides by its own rules and with its
 * recorded delays. A called user acts as in the record, equally long after the call; if that is not recorded, the behaviour is drawn
 * from the recorded ones by seed and receipt, so that the same user acts the same under every policy.
 */
export class Simulation {
  readonly visits = new EntryTimelines();
  readonly #inputs: readonly Input[];
  readonly #acts = new TinyQueue<Act>([], (a, b) => a.at - b.at);
  readonly #known: ReadonlyMap<Offset, UserBehaviour>;
  readonly #pool: readonly UserBehaviour[];
  #queue: ConcertQueue | undefined;
  #next = 0;
  #due: LogTime = Number.POSITIVE_INFINITY;
  #looks = 0;

  /** @param changes to every policy of the record */
  constructor(
    private readonly recorded: RecordedRun,
    private readonly changes: Partial<Policy>,
    private readonly seed: number,
  ) {
    this.#inputs = recorded.inputs;
    const { known, pool } = recorded.conducts();
    this.#known = known;
    this.#pool = pool;
  }

  /** @throws QueueError `INVALID_REQUEST` when a draw is due and the record has no seed */
  run(): ConcertQueue | undefined {
    for (let step = this.#step(); step; step = this.#step()) {
      if ('decision' in step) this.#due = step.at;
      this.#apply(step.event, step);
    }
    return this.#queue;
  }

  /** The next event; undefined if there is none. */
  #step(): (Act & { readonly position?: LogPosition; readonly decision?: true }) | undefined {
    for (;;) {
      const input = this.#inputs[this.#next];
      const act = this.#acts.peek();
      if (!input && this.#isEmpty()) return undefined;
      const planned = this.#plan(
        Math.min(input?.time ?? Number.POSITIVE_INFINITY, act?.at ?? Number.POSITIVE_INFINITY),
      );
      if (planned === 'again') continue;
      if (planned) return planned;
      if (input && input.time <= (act?.at ?? Number.POSITIVE_INFINITY)) {
        this.#next += 1;
        return { at: input.time, event: this.#changed(input.event), position: input.at };
      }
      this.#acts.pop();
      return act;
    }
  }

  /** The next decision before `before`, if there is one. */
  #plan(before: LogTime): Planned | 'again' | undefined {
    const queue = this.#queue;
    if (!queue || this.#due >= before) return undefined;
    const met = this.recorded.met(this.#due);
    const { lateMs, behindMs } = met ?? this.#likeOthers(queue);
    const at = Math.max(queue.time, this.#due + lateMs);
    if (at >= before) return undefined;
    if (met && !met.decision && at > this.#due) {
      this.#due = at;
      return 'again';
    }
    const through = Math.max(this.#due, at - behindMs);
    const decision = asRecorded(queue, at, met?.decision) ?? decideAdmission(queue, at, through);
    if (decision) {
      this.#looks = 0;
      return { at, event: this.#said(decision), decision: true };
    }
    if (++this.#looks > MOST_LOOKS) throw new Error('The simulation does not come on.');
    this.#due = at + POLL_MS;
    return 'again';
  }

  #likeOthers(queue: ConcertQueue): DecisionLatency {
    const foreseen = decideAdmission(queue, this.#due, this.#due);
    return this.recorded.reaction(foreseen?.type ?? 'TimePassed', this.#due);
  }

  #apply(
    event: QueueEvent,
    { at: timestamp, position, decision }: Act & { position?: LogPosition; decision?: true },
  ): void {
    const queue = this.#queue;
    const at = { ...position, offset: position?.offset ?? (queue?.offset ?? 0) + STEP, timestamp };
    if (!queue) {
      if (event.type === 'QueueConfigured') this.#queue = ConcertQueue.begin(event, at);
      this.#due = this.#queue ? nextAdmissionAt(this.#queue) : Number.POSITIVE_INFINITY;
      return;
    }
    if (at.offset <= queue.offset) throw new Error('Too many simulated events between two recorded ones.');
    const effect = queue.apply(event, at);
    this.visits.note({ event, at, effect, queue });
    if (effect !== FULL_REFRESH)
      for (const change of effect) if (change.state === 'READY') this.#called(change, queue.time);
    this.#due = dueAfter(this.#due, queue.time, nextAdmissionAt(queue), decision === true);
  }

  /** Plans what the users called at `now` will do. */
  #called({ userId, offset: tokenOffset }: Entry, now: LogTime): void {
    const about = { ...this.#about(now), userId, tokenOffset };
    const { claimMs, completeMs, leaveMs } = this.#known.get(tokenOffset) ?? this.#drawn(tokenOffset);
    const act = (afterMs: number | undefined, event: QueueEvent): void => {
      if (afterMs !== undefined) this.#acts.push({ at: now + afterMs, event });
    };
    act(claimMs, { type: 'AdmissionClaimed', ...about });
    act(completeMs, { type: 'AdmissionCompleted', ...about });
    act(leaveMs, { type: 'QueueEntryLeft', ...about });
  }

  #drawn(offset: Offset): UserBehaviour {
    const ticket = createHash('sha256').update(`${this.seed}:${offset}`).digest().readUInt32BE(0);
    return this.#pool[ticket % Math.max(1, this.#pool.length)] ?? {};
  }

  #said(decision: AdmissionDecision): QueueEvent {
    const about = this.#about(this.#due);
    if (decision.type !== 'DrawHeld') return { ...decision, ...about };
    const { seed } = this.recorded;
    if (seed === undefined) throw new QueueError('INVALID_REQUEST', 'The record ends before its draw was held.');
    return { type: 'DrawHeld', ...about, seed };
  }

  #changed(event: QueueEvent): QueueEvent {
    return event.type === 'QueueConfigured' ? { ...event, policy: { ...event.policy, ...this.changes } } : event;
  }

  #about(occurredAt: LogTime): { readonly concertId: string; readonly occurredAt: number } {
    return { concertId: this.#inputs[0]?.event.concertId ?? '', occurredAt };
  }

  /** The queue is empty, and no user arrives any more. */
  #isEmpty(): boolean {
    if (!this.#queue) return true;
    const { registered, waiting, ready, active } = this.#queue.attributes().counts;
    return registered + waiting + ready + active === 0;
  }
}

/**
 * The recorded calls, as far as there is capacity. A decision is made some time before it is in the log, when not all entries that
 * could expire by then have reached their deadline.
 */
function asRecorded(queue: ConcertQueue, at: LogTime, recorded?: AdmissionDecision): AdmissionDecision | undefined {
  if (recorded?.type !== 'EntriesAdmitted') return undefined;
  const decision = decideAdmission(queue, at, NOTHING_VISIBLE);
  const [first] = queue.waitingEntries();
  if (decision?.type !== 'EntriesAdmitted' || !first || first.place > recorded.through) return undefined;
  return { ...decision, through: Math.min(decision.through, recorded.through) };
}
