import { estimatedWaitSeconds, pollAfterMs } from '../../domain/estimates.ts';
import { hasLaterEntry, isTooOldToRedrive } from '../../domain/redrive.ts';
import type { Entry, LogTime, Offset } from '../../domain/types.ts';
import { isLive } from '../../domain/types.ts';
import { viewBeingRebuilt } from '../errors.ts';
import type { EntryClaims } from '../ports/entry-tokens.port.ts';
import type { EventLog } from '../ports/event-log.port.ts';
import type { EntryView, QueueViewReader } from '../ports/queue-view.port.ts';
import type { EntryDocument } from './get-my-entry.query.ts';

/** The fields of the document that depend on the view; `offset` is the receipt's, if not the token's own. */
type ViewFields = Pick<EntryDocument, 'state'> & Partial<EntryDocument> & { readonly offset?: Offset };

/** The document of a token's request, from what the view shows. */
export class EntryStatus {
  constructor(
    private readonly log: EventLog,
    private readonly view: QueueViewReader,
  ) {}

  /** For a configured queue. Reads the view again only if the request may be a dead letter. @throws QueueError `PROJECTION_UNAVAILABLE` */
  async inQueue(token: EntryClaims, seen: EntryView): Promise<EntryDocument> {
    return this.#document(token, seen.head.offset, await this.#viewFields(token, seen));
  }

  /** For a concert that was never configured. @param checkpoint last projected offset of its partition */
  withoutQueue(token: EntryClaims, checkpoint: Offset): EntryDocument {
    const rejected = { state: 'REJECTED', rejectedBecause: 'QUEUE_NOT_OPEN' } as const;
    return this.#document(token, checkpoint, token.offset > checkpoint ? { state: 'PENDING' } : rejected);
  }

  /** Last projected offset of a partition whose view has no queue for the concert. @throws QueueError `PROJECTION_UNAVAILABLE` if the view lost the queue */
  async checkpoint({ partition, concertId }: EntryClaims): Promise<Offset> {
    const progress = await this.view.progress(partition, concertId);
    if (progress && progress.concertOffset === undefined) return progress.checkpoint;
    throw viewBeingRebuilt();
  }

  /** Offset that the next record will get; Infinity while the log is unavailable. */
  endOfLog({ partition }: EntryClaims): Promise<Offset> {
    return this.log.endOffset(partition).catch(() => Infinity);
  }

  #document(
    { concertId, userId, partition, ...token }: EntryClaims,
    projectedOffset: Offset,
    { offset = token.offset, ...fields }: ViewFields,
  ): EntryDocument {
    const receipt = { topic: this.log.topic, partition, offset };
    const poll = pollAfterMs(fields.ahead, Math.random());
    return { concertId, userId, receipt, pollAfterMs: poll, ...fields, projectedOffset };
  }

  async #viewFields(token: EntryClaims, view: EntryView): Promise<ViewFields> {
    const { offset, partition } = token;
    const { head, entry } = view;
    // Most tokens need no further read.
    if (offset > head.offset || (entry && (isLive(entry) || entry.offset >= offset))) return fieldsOf(token, view);
    const skippedAt = await this.view.deadLetter(partition, offset);
    return skippedAt !== undefined && canBeRedriven(offset, skippedAt, view)
      ? { state: 'PENDING' }
      : fieldsOf(token, view);
  }
}

/** Whether a redrive of a dead letter would have an effect. */
function canBeRedriven(offset: Offset, timestamp: LogTime, { entry, attributes }: EntryView): boolean {
  return !hasLaterEntry(entry, { offset, timestamp }) && !isTooOldToRedrive(attributes, timestamp);
}

function fieldsOf(token: EntryClaims, view: EntryView): ViewFields {
  if (token.offset > view.head.offset) return { state: 'PENDING' };
  const { entry } = view;
  if (entry && token.offset >= entry.offset) return fieldsOfEntry(entry, view);
  if (!entry && token.offset < view.attributes.configuredAt)
    return { state: 'REJECTED', rejectedBecause: 'QUEUE_NOT_OPEN' };
  return { state: 'LEFT' };
}

function fieldsOfEntry(entry: Entry, { rank, attributes }: EntryView): ViewFields {
  const { state, offset, place } = entry;
  switch (state) {
    case 'WAITING': {
      // Until the draw, every registered entry counts as ahead of an entry that came after the opening.
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
