import { randomFillSync } from 'node:crypto';
import { Inject } from '@nestjs/common';
import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { pollAfterMs } from '../../domain/estimates.ts';
import type { ConcertId, UserId } from '../../domain/types.ts';
import { eligibilityUnavailable, QueueError } from '../errors.ts';
import { type Applicant, Eligibility, type ShopUser } from '../ports/eligibility.port.ts';
import { EntryTokens } from '../ports/entry-tokens.port.ts';
import { EventLog } from '../ports/event-log.port.ts';
import { EarlyRejection } from './early-rejection.ts';
import { type EntryAccepted, RequestEntry } from './request-entry.command.ts';

@CommandHandler(RequestEntry)
export class RequestEntryHandler implements ICommandHandler<RequestEntry> {
  constructor(
    @Inject(EventLog) private readonly log: EventLog,
    @Inject(EntryTokens) private readonly tokens: EntryTokens,
    private readonly earlyRejection: EarlyRejection,
    @Inject(Eligibility) private readonly records: Eligibility,
  ) {}

  execute({ concertId, applicant }: RequestEntry): Promise<EntryAccepted> {
    if ('phoneNumber' in applicant) return this.#enterByNumber(concertId, applicant);
    return this.#enter(concertId, applicant.userId);
  }

  async #enterByNumber(concertId: ConcertId, applicant: Applicant): Promise<EntryAccepted> {
    const user = await this.#found(applicant);
    return this.#enter(concertId, user.userId, user).catch((error: unknown) => {
      // Without a known policy there is no balance to require.
      if (error instanceof QueueError && error.code === 'PROJECTION_UNAVAILABLE') throw eligibilityUnavailable(1);
      throw error;
    });
  }

  /** @param user the shop's record of the user, if it was read already */
  async #enter(concertId: ConcertId, userId: UserId, user?: ShopUser): Promise<EntryAccepted> {
    const checked = this.earlyRejection.check(concertId, userId);
    const { attributes } = checked instanceof Promise ? await checked : checked;
    // Most policies require no balance. Then no record is read, and an entry waits for the log alone.
    const { minimumBalance } = attributes.policy;
    if (minimumBalance !== null) requireBalance(user ?? (await this.#found({ userId })), minimumBalance);

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

  async #found(applicant: Applicant): Promise<ShopUser> {
    const user = await this.records.find(applicant);
    if (!user) throw new QueueError('USER_NOT_FOUND', 'The shop has no such user.');
    return user;
  }
}

function requireBalance({ points }: ShopUser, minimumBalance: number): void {
  // Also refuses a balance that is not a number.
  if (!(points >= minimumBalance))
    throw new QueueError('INSUFFICIENT_BALANCE', `This queue asks for a balance of at least ${minimumBalance} points.`);
}

/** 72 random bits: compared only with the last request of the same user. */
const ID_BYTES = 9;
/** Random bytes for many ids at once: each call costs a microsecond or more. */
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
