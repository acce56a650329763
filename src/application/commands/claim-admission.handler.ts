import { Inject } from '@nestjs/common';
import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import type { Entry } from '../../domain/types.ts';
import { QueueError } from '../errors.ts';
import { AdmissionTokens } from '../ports/admission-tokens.port.ts';
import type { EntryClaims } from '../ports/entry-tokens.port.ts';
import { EventLog } from '../ports/event-log.port.ts';
import { type EntryView, QueueViewReader } from '../ports/queue-view.port.ts';
import { QueueCache } from '../queries/queue-cache.ts';
import { type Admission, ClaimAdmission } from './claim-admission.command.ts';

/** The answer waits this long for its own event to be projected. */
const PATIENCE_MS = 2000;

@CommandHandler(ClaimAdmission)
export class ClaimAdmissionHandler implements ICommandHandler<ClaimAdmission> {
  constructor(
    @Inject(EventLog) private readonly log: EventLog,
    @Inject(QueueViewReader) private readonly view: QueueViewReader,
    @Inject(AdmissionTokens) private readonly tokens: AdmissionTokens,
    private readonly queues: QueueCache,
  ) {}

  async execute({ token }: ClaimAdmission): Promise<Admission> {
    const before = await this.#look(token);
    // Whoever was told of a call was told by this view: what it does not call yet, or any more, needs no event.
    if (before && lifeOf(token, before)?.state !== 'READY') return this.#answer(token, before);
    await this.#claim(token);
    const after = await this.#look(token);
    if (!after) throw unavailable();
    return this.#answer(token, after);
  }

  /** undefined: the view cannot say. A claim is then said all the same: whoever is READY must not lose time over it. */
  async #look({ concertId, userId, partition, offset }: EntryClaims): Promise<EntryView | undefined> {
    try {
      const seen = await this.view.entry(concertId, userId);
      if (seen) return seen;
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
    const { offset } = await this.log.append({ type: 'AdmissionClaimed', concertId, occurredAt, userId, tokenOffset });
    if (!(await this.queues.projected(concertId, offset, PATIENCE_MS))) throw unavailable();
  }

  async #answer(token: EntryClaims, view: EntryView): Promise<Admission> {
    const entry = lifeOf(token, view);
    switch (entry?.state) {
      case 'ACTIVE': {
        const { userId, offset, activeUntil } = entry;
        if (activeUntil <= Date.now()) throw ended();
        const admissionToken = await this.tokens.sign({ userId, concertId: token.concertId, offset, activeUntil });
        return { admissionToken, activeUntil };
      }
      case 'READY': // called after the claim: it was too early
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

/** The life that the token may claim; none where its request is not projected, or was for an earlier life. */
function lifeOf(token: EntryClaims, { entry, head }: EntryView): Entry | undefined {
  return entry && token.offset >= entry.offset && token.offset <= head.offset ? entry : undefined;
}

function notReady(): QueueError {
  return new QueueError('NOT_READY', 'The entry is not called yet.');
}

function ended(): QueueError {
  return new QueueError('ADMISSION_ENDED', 'The entry is over: it was completed, left, refused, or its time ran out.');
}

function unavailable(): QueueError {
  return new QueueError('PROJECTION_UNAVAILABLE', 'The claim is not confirmed yet. It is safe to repeat it.', {
    retryAfterSeconds: 1,
  });
}
