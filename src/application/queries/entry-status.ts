import { estimatedWaitSeconds, pollAfterMs } from '../../domain/estimates.ts';
import { type Entry, isLive, type Offset } from '../../domain/types.ts';
import { viewBeingRebuilt } from '../errors.ts';
import type { EntryClaims } from '../ports/entry-tokens.port.ts';
import type { EventLog } from '../ports/event-log.port.ts';
import type { EntryView, QueueViewReader } from '../ports/queue-view.port.ts';
import type { EntryDocument } from './get-my-entry.query.ts';

/** What is known of a token's request beyond the token itself. */
type Standing = Pick<EntryDocument, 'state'> & Partial<EntryDocument> & { readonly offset?: Offset };

/** Says what became of the request that a token was given for, from what the view shows. */
export class EntryStatus {
  constructor(
    private readonly log: EventLog,
    private readonly view: QueueViewReader,
  ) {}

  /** In a queue. Asks the view again only where a dead letter may be in play. @throws QueueError `PROJECTION_UNAVAILABLE` */
  async inQueue(token: EntryClaims, seen: EntryView): Promise<EntryDocument> {
    return this.#entry(token, seen.head.offset, await this.#standing(token, seen));
  }

  /** Of a concert that was never configured. @param checkpoint how far its partition is */
  outside(token: EntryClaims, checkpoint: Offset): EntryDocument {
    const standing = { state: 'REJECTED', rejectedBecause: 'QUEUE_NOT_OPEN' } as const;
    return this.#entry(token, checkpoint, token.offset > checkpoint ? { state: 'PENDING' } : standing);
  }

  /** How far the partition of a concert is that the view has no queue for. @throws QueueError `PROJECTION_UNAVAILABLE` (it has lost it) */
  async checkpoint({ partition, concertId }: EntryClaims): Promise<Offset> {
    const progress = await this.view.progress(partition, concertId);
    if (progress && progress.concertOffset === undefined) return progress.checkpoint;
    throw viewBeingRebuilt();
  }

  /** The log holds nothing from this offset on; Infinity while it does not say. */
  endOfLog({ partition }: EntryClaims): Promise<Offset> {
    return this.log.endOffset(partition).catch(() => Infinity);
  }

  #entry(
    { concertId, userId, partition, ...token }: EntryClaims,
    projectedOffset: Offset,
    standing: Standing,
  ): EntryDocument {
    const { offset = token.offset, ...rest } = standing;
    const receipt = { topic: this.log.topic, partition, offset };
    const poll = pollAfterMs(standing.ahead, Math.random());
    return { concertId, userId, receipt, pollAfterMs: poll, ...rest, projectedOffset };
  }

  async #standing(token: EntryClaims, view: EntryView): Promise<Standing> {
    if (isSettled(token, view)) return standingOf(token, view);
    const deadLetter = await this.view.deadLetter(token.partition, token.offset);
    const { entry } = view;
    const isLater = deadLetter !== undefined && entry && 'endedAt' in entry && entry.endedAt > deadLetter;
    return deadLetter === undefined || isLater ? standingOf(token, view) : { state: 'PENDING' };
  }
}

/** Whether a redrive of the token's request could change nothing, were it a dead letter. */
function isSettled({ offset }: EntryClaims, { head, entry, attributes }: EntryView): boolean {
  if (offset > head.offset || attributes.redriven.includes(offset)) return true;
  return entry !== undefined && (isLive(entry) || entry.offset >= offset);
}

function standingOf(token: EntryClaims, view: EntryView): Standing {
  if (token.offset > view.head.offset) return { state: 'PENDING' };
  const { entry } = view;
  if (entry && token.offset >= entry.offset) return lived(entry, view);
  if (!entry && token.offset < view.attributes.configuredAt)
    return { state: 'REJECTED', rejectedBecause: 'QUEUE_NOT_OPEN' };
  return { state: 'LEFT' };
}

function lived(entry: Entry, { rank, attributes }: EntryView): Standing {
  const { state, offset, place } = entry;
  switch (state) {
    case 'WAITING': {
      // Whoever is registered for the draw stands in front of a latecomer until it is held.
      const ahead = (rank ?? 0) + attributes.counts.registered;
      const wait = estimatedWaitSeconds(ahead, attributes);
      const estimate = wait === undefined ? {} : { estimatedWaitSeconds: wait };
      return { state, offset, place, position: ahead + 1, ahead, ...estimate };
    }
    case 'READY':
      return { state, offset, place, claimBy: entry.claimBy };
    case 'ACTIVE':
      return { state, offset, place, activeUntil: entry.activeUntil };
    case 'REJECTED':
      return { state, offset, rejectedBecause: entry.reason };
    case 'REGISTERED':
      return { state, offset };
    default:
      return { state, offset, place };
  }
}
