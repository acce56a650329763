import { Inject } from '@nestjs/common';
import { type IQueryHandler, QueryHandler } from '@nestjs/cqrs';
import { estimatedWaitSeconds, pollAfterMs } from '../../domain/estimates.ts';
import { isLive, type Life, type Offset } from '../../domain/vocabulary.ts';
import { QueueError } from '../errors.ts';
import type { EntryClaims } from '../ports/entry-tokens.port.ts';
import { EventLog } from '../ports/event-log.port.ts';
import { type EntryView, QueueViewReader } from '../ports/queue-view.port.ts';
import { type Entry, GetMyEntry } from './get-my-entry.query.ts';

/** What is known of a token's request beyond the token itself. */
type Standing = Pick<Entry, 'state'> & Partial<Entry> & { readonly offset?: Offset };

@QueryHandler(GetMyEntry)
export class GetMyEntryHandler implements IQueryHandler<GetMyEntry> {
  constructor(
    @Inject(EventLog) private readonly log: EventLog,
    @Inject(QueueViewReader) private readonly view: QueueViewReader,
  ) {}

  async execute({ token }: GetMyEntry): Promise<Entry> {
    const { concertId, userId, partition } = token;
    const view = await this.view.entry(concertId, userId);
    const projectedOffset = view ? view.head.offset : await this.#progress(token);
    const { offset = token.offset, ...standing } = view
      ? await this.#standing(token, view)
      : outside(token, projectedOffset);
    const receipt = { topic: this.log.topic, partition, offset };
    const poll = pollAfterMs(standing.ahead, Math.random());
    return { concertId, userId, receipt, pollAfterMs: poll, ...standing, projectedOffset };
  }

  async #standing(token: EntryClaims, view: EntryView): Promise<Standing> {
    if (isSettled(token, view)) return inQueue(token, view);
    const deadLetter = await this.view.deadLetter(token.partition, token.offset);
    const { life } = view;
    const isLater = deadLetter !== undefined && life && 'endedAt' in life && life.endedAt > deadLetter;
    return deadLetter === undefined || isLater ? inQueue(token, view) : { state: 'PENDING' };
  }

  /** How far the partition is, when it has no queue for the concert. */
  async #progress({ partition, concertId }: EntryClaims): Promise<Offset> {
    const progress = await this.view.progress(partition, concertId);
    if (progress && progress.concertOffset === undefined) return progress.checkpoint;
    throw new QueueError('PROJECTION_UNAVAILABLE', 'The view of this queue is being rebuilt.', {
      retryAfterSeconds: 1,
    });
  }
}

/** A request to a concert that was never configured. */
function outside(token: EntryClaims, projectedOffset: Offset): Standing {
  if (token.offset > projectedOffset) return { state: 'PENDING' };
  return { state: 'REJECTED', rejectedBecause: 'QUEUE_NOT_OPEN' };
}

/** Whether a redrive of the token's request could change nothing, were it a dead letter. */
function isSettled({ offset }: EntryClaims, { head, life, scalars }: EntryView): boolean {
  if (offset > head.offset || scalars.redriven.includes(offset)) return true;
  return life !== undefined && (isLive(life) || life.offset >= offset);
}

function inQueue(token: EntryClaims, view: EntryView): Standing {
  if (token.offset > view.head.offset) return { state: 'PENDING' };
  const { life } = view;
  if (life && token.offset >= life.offset) return lived(life, view);
  if (!life && token.offset < view.scalars.since) return { state: 'REJECTED', rejectedBecause: 'QUEUE_NOT_OPEN' };
  return { state: 'LEFT' };
}

function lived(life: Life, { rank, scalars }: EntryView): Standing {
  const { state, offset, place } = life;
  switch (state) {
    case 'WAITING': {
      // Whoever is registered for the draw stands in front of a latecomer until it is held.
      const ahead = (rank ?? 0) + scalars.counts.registered;
      const wait = estimatedWaitSeconds(ahead, scalars);
      const estimate = wait === undefined ? {} : { estimatedWaitSeconds: wait };
      return { state, offset, place, position: ahead + 1, ahead, ...estimate };
    }
    case 'READY':
      return { state, offset, place, claimBy: life.claimBy };
    case 'ACTIVE':
      return { state, offset, place, activeUntil: life.activeUntil };
    case 'REJECTED':
      return { state, offset, rejectedBecause: life.because };
    case 'REGISTERED':
      return { state, offset };
    default:
      return { state, offset, place };
  }
}
