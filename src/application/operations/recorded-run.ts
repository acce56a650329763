import { type AdmissionDecision, nextAdmissionAt } from '../../domain/admission-policy.ts';
import type { QueueEvent } from '../../domain/events.generated.ts';
import type { LogPosition, LogTime } from '../../domain/types.ts';
import { type EntryTimeline, EntryTimelines } from './entry-timelines.ts';
import type { Folded } from './fold-concert.ts';

/** An external input at its log time: a user's request or an operator's command. */
export interface Input {
  readonly event: QueueEvent;
  readonly at: LogPosition;
  readonly time: LogTime;
}

/** What a user does after the call, in milliseconds after the call. */
export interface UserBehaviour {
  readonly claimMs?: number;
  readonly completeMs?: number;
  readonly leaveMs?: number;
}

/** A recorded decision of admission control. */
export interface DecisionLatency {
  /** The event; undefined: none that had an effect. */
  readonly decision: AdmissionDecision | undefined;
  /** Log time at which the decision became due. */
  readonly due: LogTime;
  /** Delay until the decision was in the log, or another event came first. */
  readonly lateMs: number;
  /** How far the visibility watermark was behind the decision. */
  readonly behindMs: number;
}

/** A longer delay is a fault, which is not simulated. */
const LONGEST_REACTION_MS = 2_000;
/** Interval of admission control. A decision that is due this close to a recorded one is the same. */
export const POLL_MS = 100;
/** Number of decisions on each side of the nearest one. */
const NEIGHBOURS = 2;
const AT_ONCE = { decision: undefined, lateMs: 0, behindMs: 0 };

/** The recorded run of one queue, separated into what users did and what admission control decided. */
export class RecordedRun {
  readonly inputs: Input[] = [];
  readonly visits = new EntryTimelines();
  /** The revealed seed, if a draw was held. */
  seed: string | undefined;
  readonly #byDue = new Map<LogTime, DecisionLatency>();
  readonly #byType: Record<AdmissionDecision['type'], DecisionLatency[]> = {
    DrawHeld: [],
    EntriesAdmitted: [],
    TimePassed: [],
  };
  #due: LogTime = Number.POSITIVE_INFINITY;

  note(folded: Folded): void {
    const { event, at, effect, queue } = folded;
    const { time } = queue;
    this.visits.note(folded);
    if (event.type === 'DrawHeld' && effect.length > 0) this.seed = event.seed;
    const decision = event.type === 'DrawHeld' || event.type === 'EntriesAdmitted' || event.type === 'TimePassed';
    const due = dueAfter(this.#due, time, nextAdmissionAt(queue), decision);
    if (this.#due <= time && (decision || due !== this.#due))
      this.#react(decision && effect.length > 0 ? event : undefined, time);
    this.#due = due;
    if (this.#isInput(folded)) this.inputs.push({ event, at, time });
  }

  /** The recorded decision on exactly this, if there is one. */
  met(due: LogTime): DecisionLatency | undefined {
    return this.#byDue.get(due);
  }

  /**
   * The recorded decision of this kind at about this time: the same decision if there is one, else the median of the nearest ones,
   * because a single decision depends on chance.
   */
  reaction(type: AdmissionDecision['type'], due: LogTime): DecisionLatency {
    const all = this.#byType[type];
    const nearest = nearestTo(all, due);
    const same = all[nearest];
    if (same && Math.abs(same.due - due) <= POLL_MS) return same;
    const around = all.slice(Math.max(0, nearest - NEIGHBOURS), nearest + NEIGHBOURS + 1);
    return around.toSorted((a, b) => a.lateMs - b.lateMs)[around.length >> 1] ?? { ...AT_ONCE, due };
  }

  /**
   * What each called user did, by receipt, as far as it was recorded; and the complete records, from which the others are
   * drawn.
   */
  conducts(): { readonly known: ReadonlyMap<number, UserBehaviour>; readonly pool: readonly UserBehaviour[] } {
    const known = new Map<number, UserBehaviour>();
    const pool: UserBehaviour[] = [];
    for (const visit of this.visits.byReceipt.values()) {
      const conduct = conductOf(visit);
      if (!conduct) continue;
      known.set(visit.offset, conduct);
      pool.push(conduct);
    }
    return { known, pool };
  }

  #react(decision: AdmissionDecision | undefined, time: LogTime): void {
    const due = this.#due;
    const lateMs = Math.min(LONGEST_REACTION_MS, time - due);
    const behindMs = decision?.type === 'TimePassed' ? Math.min(lateMs, Math.max(0, time - decision.through)) : 0;
    const reaction: DecisionLatency = { decision, due, lateMs, behindMs };
    this.#byDue.set(due, reaction);
    if (decision) this.#byType[decision.type].push(reaction);
  }

  /** Claims, completions and departures after a call belong to the call; events without effect are omitted. */
  #isInput({ event, effect }: Folded): boolean {
    switch (event.type) {
      case 'QueueEntryRequested':
      case 'QueueConfigured':
      case 'QueuePaused':
      case 'QueueResumed':
      case 'QueueClosed':
      case 'NoticePosted':
      case 'UserDisqualified':
      case 'UserReinstated':
        return true;
      case 'QueueEntryLeft': {
        const [entry] = effect;
        return typeof entry === 'object' && 'offset' in entry && !this.visits.byReceipt.get(entry.offset)?.calledAt;
      }
      default:
        return false;
    }
  }
}

/** Index of the item nearest in time; 0 if there is none. */
function nearestTo(all: readonly DecisionLatency[], due: LogTime): number {
  let [low, high] = [0, all.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((all[middle]?.due ?? 0) < due) low = middle + 1;
    else high = middle;
  }
  const [before, after] = [all[low - 1], all[low]];
  return before && after && due - before.due < after.due - due ? low - 1 : Math.max(0, low);
}

/** Log time of the next decision: what is due stays due until it is decided. */
export function dueAfter(due: LogTime, now: LogTime, next: LogTime, decided: boolean): LogTime {
  if (next > now) return next;
  return due <= now && !decided ? due : now;
}

/** undefined if the record ends, or another event ended the entry, before everything is known. */
function conductOf({ calledAt, claimedAt, endedAt, state }: EntryTimeline): UserBehaviour | undefined {
  if (calledAt === undefined || endedAt === undefined || state === 'DISQUALIFIED') return undefined;
  return {
    ...(claimedAt !== undefined && { claimMs: claimedAt - calledAt }),
    ...(state === 'COMPLETED' && { completeMs: endedAt - calledAt }),
    ...(state === 'LEFT' && { leaveMs: endedAt - calledAt }),
  };
}
