import { type AdmissionDecision, nextAdmissionAt } from '../../domain/admission-policy.ts';
import type { QueueEvent } from '../../domain/events.generated.ts';
import type { LogPosition, LogTime } from '../../domain/types.ts';
import { type EntryTimeline, EntryTimelines } from './entry-timelines.ts';
import type { Folded } from './fold-concert.ts';

/** What came from outside, at its log time: users' requests and what operators said. */
export interface Input {
  readonly event: QueueEvent;
  readonly at: LogPosition;
  readonly time: LogTime;
}

/** What someone does once called, each so many milliseconds after the call. */
export interface UserBehaviour {
  readonly claimMs?: number;
  readonly completeMs?: number;
  readonly leaveMs?: number;
}

/** How admission control met what was due. */
export interface DecisionLatency {
  /** What it said; undefined: nothing that had an effect. */
  readonly decision: AdmissionDecision | undefined;
  /** When there was first something to decide. */
  readonly due: LogTime;
  /** How much later the decision was in the log, or something else came first. */
  readonly lateMs: number;
  /** How far the visibility watermark was behind the time of the decision. */
  readonly behindMs: number;
}

/** A longer one is a fault, which is not to be played again. */
const LONGEST_REACTION_MS = 2_000;
/** Admission control looks again after this time. What is due so near to something recorded is the same decision. */
export const POLL_MS = 100;
/** So many on each side of the nearest one. */
const NEIGHBOURS = 2;
const AT_ONCE = { decision: undefined, lateMs: 0, behindMs: 0 };

/** What a log tells of one queue's run, taken apart into what people did and what admission control did about it. */
export class RecordedRun {
  readonly inputs: Input[] = [];
  readonly visits = new EntryTimelines();
  /** The seed that was revealed, if a draw was held. */
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

  /** How admission control met just this, if the record holds it. */
  met(due: LogTime): DecisionLatency | undefined {
    return this.#byDue.get(due);
  }

  /**
   * How admission control met what of this kind was due about then: the same decision, if the record holds it; else, of those that
   * are nearest in time, the middle one, since each by itself has its share of chance.
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
   * What each of those who were called did, by receipt, as far as the record tells; and the conduct of those of whom it tells
   * all, to draw from for the others.
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

  /** Claims, completions and leaving after a call go with the call; what was without effect is left out. */
  #isInput({ event, effect }: Folded): boolean {
    switch (event.type) {
      case 'QueueEntryRequested':
      case 'QueueConfigured':
      case 'QueuePaused':
      case 'QueueResumed':
      case 'QueueClosed':
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

/** Index of the one that is nearest in time; 0 when there is none. */
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

/** When there is next something to decide: what is due stays due until it is decided. */
export function dueAfter(due: LogTime, now: LogTime, next: LogTime, decided: boolean): LogTime {
  if (next > now) return next;
  return due <= now && !decided ? due : now;
}

/** undefined when the record ends, or someone else ended it, before it tells all. */
function conductOf({ calledAt, claimedAt, endedAt, state }: EntryTimeline): UserBehaviour | undefined {
  if (calledAt === undefined || endedAt === undefined || state === 'DISQUALIFIED') return undefined;
  return {
    ...(claimedAt !== undefined && { claimMs: claimedAt - calledAt }),
    ...(state === 'COMPLETED' && { completeMs: endedAt - calledAt }),
    ...(state === 'LEFT' && { leaveMs: endedAt - calledAt }),
  };
}
