import { randomFillSync } from 'node:crypto';
import { Inject } from '@nestjs/common';
import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { pollAfterMs } from '../../domain/estimates.ts';
import { QueueError } from '../errors.ts';
import { EntryTokens } from '../ports/entry-tokens.port.ts';
import { EventLog } from '../ports/event-log.port.ts';
import { EntryCourtesy } from './entry-courtesy.ts';
import { type EntryAccepted, RequestEntry } from './request-entry.command.ts';

@CommandHandler(RequestEntry)
export class RequestEntryHandler implements ICommandHandler<RequestEntry> {
  constructor(
    @Inject(EventLog) private readonly log: EventLog,
    @Inject(EntryTokens) private readonly tokens: EntryTokens,
    private readonly courtesy: EntryCourtesy,
  ) {}

  async execute({ concertId, applicant }: RequestEntry): Promise<EntryAccepted> {
    if ('phoneNumber' in applicant) throw ineligible();
    const { userId } = applicant;
    const checked = this.courtesy.check(concertId, userId);
    const { scalars } = checked instanceof Promise ? await checked : checked;
    if (scalars.policy.minimumBalance !== null) throw ineligible();

    const entryId = newEntryId();
    const occurredAt = Date.now();
    const { topic, partition, offset } = await this.log.append({
      type: 'QueueEntryRequested',
      concertId,
      occurredAt,
      userId,
      entryId,
    });
    const entryToken = this.tokens.sign({ userId, concertId, partition, offset });
    const receipt = { topic, partition, offset };
    return { entryToken, receipt, state: 'PENDING', pollAfterMs: pollAfterMs(undefined, Math.random()) };
  }
}

/** Without records of users and their points nobody's eligibility can be told, and nobody gets a free pass. */
function ineligible(): QueueError {
  return new QueueError('ELIGIBILITY_UNAVAILABLE', 'The records needed to check this request cannot be reached.', {
    retryAfterSeconds: 30,
  });
}

/** 72 random bits: compared only with the last request of the same user. */
const ID_BYTES = 9;
/** Randomness for many ids at once: asking for it costs a microsecond or more, however little is asked for. */
const pool = Buffer.alloc(ID_BYTES * 1024);
let used = pool.length;

function newEntryId(): string {
  if (used === pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  used += ID_BYTES;
  return pool.toString('base64url', used - ID_BYTES, used);
}
