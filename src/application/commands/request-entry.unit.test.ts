import { describe, expect, jest, test } from '@jest/globals';
import * as fixtures from '../../domain/concert-queue.fixtures.ts';
import { ConcertQueue } from '../../domain/concert-queue.ts';
import type { QueueEvent } from '../../domain/events.generated.ts';
import { eligibilityUnavailable, QueueError } from '../errors.ts';
import type { Applicant, Eligibility, ShopUser } from '../ports/eligibility.port.ts';
import type { EntryTokens } from '../ports/entry-tokens.port.ts';
import { logThat, shown, viewThat } from '../ports/ports.fixtures.ts';
import { QueueCache } from '../queries/queue-cache.ts';
import { EarlyRejection } from './early-rejection.ts';
import { RequestEntry } from './request-entry.command.ts';
import { RequestEntryHandler } from './request-entry.handler.ts';

const NUMBER = '010-1234-5678';

/** A queue whose policy may ask for a balance, and a shop with one user. */
class EntryFixture {
  readonly appended: QueueEvent[] = [];
  readonly looks: Applicant[] = [];
  /** Of the view. */
  reads = 0;
  viewAway = false;
  viewHangs = false;
  recordsAway = false;
  user: ShopUser | undefined = { userId: 'ann', points: 100 };
  readonly #handler: RequestEntryHandler;

  constructor(public minimumBalance: number | null) {
    const log = logThat({
      append: (event) => {
        this.appended.push(event);
        return Promise.resolve({ topic: 'queue.entry', partition: 0, offset: 7, timestamp: 1 });
      },
    });
    const look = async () => {
      this.reads += 1;
      if (this.viewAway) throw new QueueError('PROJECTION_UNAVAILABLE', 'away');
      if (this.viewHangs) await new Promise(() => undefined);
      const queue = ConcertQueue.begin(fixtures.configured({ minimumBalance: this.minimumBalance }), {
        offset: 0,
        timestamp: 1,
      });
      queue.apply(fixtures.configured({ minimumBalance: this.minimumBalance }), { offset: 0, timestamp: 1 });
      return shown(queue);
    };
    const view = viewThat({ queue: look });
    const tokens: EntryTokens = {
      sign: (claims) => JSON.stringify(claims),
      verify: () => {
        throw new Error('not asked');
      },
    };
    const records: Eligibility = {
      find: async (applicant) => {
        this.looks.push(applicant);
        if (this.recordsAway) throw eligibilityUnavailable(2);
        return this.user;
      },
    };
    const earlyRejection = new EarlyRejection(new QueueCache(view, log), view, log);
    this.#handler = new RequestEntryHandler(log, tokens, earlyRejection, records);
  }

  ask(applicant: Applicant) {
    return this.#handler.execute(new RequestEntry('spring-tour', applicant));
  }
}

describe('a request for entry', () => {
  test('by pseudonym uses only the log when the policy has no minimum balance', async () => {
    const fixture = new EntryFixture(null);
    fixture.recordsAway = true;
    for (let time = 0; time < 3; time++) await fixture.ask({ userId: 'ann' });
    expect(fixture.looks).toEqual([]);
    expect(fixture.reads).toBe(1);
    expect(fixture.appended).toHaveLength(3);
  });

  test('by phone number enters the user on record, and does not keep the number', async () => {
    const fixture = new EntryFixture(null);
    const accepted = await fixture.ask({ phoneNumber: NUMBER });
    expect(fixture.looks).toEqual([{ phoneNumber: NUMBER }]);
    expect(fixture.appended).toMatchObject([{ type: 'QueueEntryRequested', userId: 'ann' }]);
    expect(JSON.stringify([accepted, fixture.appended])).not.toContain(NUMBER);
  });

  test.each<[string, Applicant]>([
    ['a phone number', { phoneNumber: NUMBER }],
    ['a pseudonym', { userId: 'ann' }],
  ])('by %s is held against the balance with one look', async (_how, applicant) => {
    const fixture = new EntryFixture(100);
    await fixture.ask(applicant);
    expect(fixture.looks).toEqual([applicant]);
    expect(fixture.appended).toHaveLength(1);
    for (const points of [99, -1, Number.NaN]) {
      fixture.user = { userId: 'ann', points };
      await expect(fixture.ask(applicant)).rejects.toMatchObject({ code: 'INSUFFICIENT_BALANCE' });
    }
    fixture.user = undefined;
    await expect(fixture.ask(applicant)).rejects.toMatchObject({ code: 'USER_NOT_FOUND' });
    fixture.recordsAway = true;
    await expect(fixture.ask(applicant)).rejects.toMatchObject({
      code: 'ELIGIBILITY_UNAVAILABLE',
      retryAfterSeconds: 2,
    });
    expect(fixture.appended).toHaveLength(1);
  });

  test('with a minimum balance of 0 requires a user known to the shop', async () => {
    const fixture = new EntryFixture(0);
    fixture.user = undefined;
    await expect(fixture.ask({ userId: 'ann' })).rejects.toMatchObject({ code: 'USER_NOT_FOUND' });
    fixture.user = { userId: 'ann', points: 0 };
    expect(await fixture.ask({ userId: 'ann' })).toMatchObject({ state: 'PENDING' });
  });

  test('by phone number is refused while the policy is unknown', async () => {
    const fixture = new EntryFixture(null);
    fixture.viewAway = true;
    await expect(fixture.ask({ phoneNumber: NUMBER })).rejects.toMatchObject({ code: 'ELIGIBILITY_UNAVAILABLE' });
    await expect(fixture.ask({ userId: 'ann' })).rejects.toMatchObject({ code: 'PROJECTION_UNAVAILABLE' });
    expect(fixture.appended).toEqual([]);
  });

  describe('after an idle period', () => {
    async function later(fixture: EntryFixture): Promise<void> {
      await fixture.ask({ userId: 'ann' });
      const now = performance.now();
      jest.spyOn(performance, 'now').mockReturnValue(now + 5000);
    }

    test('is judged by the current policy', async () => {
      const fixture = new EntryFixture(null);
      await later(fixture);
      fixture.minimumBalance = 1000;
      await expect(fixture.ask({ userId: 'ann' })).rejects.toMatchObject({ code: 'INSUFFICIENT_BALANCE' });
      jest.restoreAllMocks();
    });

    test.each(['viewAway', 'viewHangs'] as const)('is judged by the last known policy (%s)', async (fault) => {
      const fixture = new EntryFixture(100);
      await later(fixture);
      fixture[fault] = true;
      expect(await fixture.ask({ userId: 'ann' })).toMatchObject({ state: 'PENDING' });
      expect(fixture.looks).toHaveLength(2);
      jest.restoreAllMocks();
    });
  });
});
