import { Inject } from '@nestjs/common';
import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import type { Entry } from '../../domain/types.ts';
import { QueueError } from '../errors.ts';
import { AdmissionTokens } from '../ports/admission-tokens.port.ts';
import type { EntryClaims } from '../ports/entry-tokens.port.ts';
import { EventLog } from '../ports/event-log.port.ts';
import { type EntryView, QueueViewReader } from '../ports/queue-view.port.ts';
import { AppendAndAwait } from './append-and-await.ts';
import { type Admission, ClaimAdmission } from './claim-admission.command.ts';

@CommandHandler(ClaimAdmission)
export class ClaimAdmissionHandler implements ICommandHandler<ClaimAdmission> {
  constructor(
    @Inject(QueueViewReader) private readonly view: QueueViewReader,
    @Inject(AdmissionTokens) private readonly tokens: AdmissionTokens,
    private readonly appendAndAwait: AppendAndAwait,
    @Inject(EventLog) private readonly log: Pick<EventLog, 'now'>,
  ) {}

  async execute({ token }: ClaimAdmission): Promise<Admission> {
    const before = await this.#readView(token);
    // A user learns of a call from this view: if the view shows no call, the claim needs no event.
    if (before && entryOfToken(token, before)?.state !== 'READY') return this.#respond(token, before);
    await this.#claim(token);
    const after = await this.#readView(token);
    if (!after) throw unconfirmed();
    return this.#respond(token, after);
  }

  /** undefined: the view is unavailable. The claim is then appended anyway, so that a READY user does not lose time. */
  async #readView({ concertId, userId, partition, offset }: EntryClaims): Promise<EntryView | undefined> {
    try {
      const view = await this.view.entry(concertId, userId);
      if (view) return view;
      const progress = await this.view.progress(partition, concertId);
      if (!progress || progress.concertOffset !== undefined) return undefined;
      throw offset > progress.checkpoint ? notReady() : ended(); // the concert was never configured
    } catch (error) {
      if (error instanceof QueueError && error.code === 'PROJECTION_UNAVAILABLE') return undefined;
      throw error;
    }
  }

  async #claim({ concertId, userId, offset: tokenOffset }: EntryClaims): Promise<void> {
    const occurredAt = Date.now();
    const claim = { type: 'AdmissionClaimed', concertId, occurredAt, userId, tokenOffset } as const;
    const { projected } = await this.appendAndAwait.append(claim);
    if (!projected) throw unconfirmed();
  }

  async #respond(token: EntryClaims, view: EntryView): Promise<Admission> {
    const entry = entryOfToken(token, view);
    switch (entry?.state) {
      case 'ACTIVE': {
        const { userId, offset, activeUntil } = entry;
        if (activeUntil <= (this.log.now() ?? Number.NEGATIVE_INFINITY)) throw ended();
        const admissionToken = await this.tokens.sign({ userId, concertId: token.concertId, offset, activeUntil });
        return { admissionToken, activeUntil };
      }
      case 'READY': // called after the claim: the claim had no effect
      case 'WAITING':
      case 'REGISTERED':
        throw notReady();
      case undefined:
        throw token.offset > view.head.offset ? notReady() : ended();
      default:
        throw ended();
    }
  }
}

/** The entry that the token may claim; undefined if its request is not projected or belongs to an earlier entry. */
function entryOfToken(token: EntryClaims, { entry, head }: EntryView): Entry | undefined {
  return entry && token.offset >= entry.offset && token.offset <= head.offset ? entry : undefined;
}

function notReady(): QueueError {
  return new QueueError('NOT_READY', 'The entry is not called yet.');
}

function ended(): QueueError {
  return new QueueError(
    'ADMISSION_ENDED',
    'The entry has ended: it was completed, left, disqualified or rejected, or it expired.',
  );
}

function unconfirmed(): QueueError {
  return new QueueError('PROJECTION_UNAVAILABLE', 'The claim is not confirmed yet. It is safe to repeat it.', {
    retryAfterSeconds: 1,
  });
}
