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
class Scene {
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
    const earlyRejection = new EarlyRejection(new QueueCache(view, log), view);
    this.#handler = new RequestEntryHandler(log, tokens, earlyRejection, records);
  }

  ask(applicant: Applicant) {
    return this.#handler.execute(new RequestEntry('spring-tour', applicant));
  }
}

describe('a request for entry', () => {
  test('by a pseudonym asks nobody but the log, where the policy asks for no balance', async () => {
    const scene = new Scene(null);
    scene.recordsAway = true;
    for (let time = 0; time < 3; time++) await scene.ask({ userId: 'ann' });
    expect(scene.looks).toEqual([]);
    expect(scene.reads).toBe(1);
    expect(scene.appended).toHaveLength(3);
  });

  test('by a phone number enters the user that the records name, and forgets the number', async () => {
    const scene = new Scene(null);
    const accepted = await scene.ask({ phoneNumber: NUMBER });
    expect(scene.looks).toEqual([{ phoneNumber: NUMBER }]);
    expect(scene.appended).toMatchObject([{ type: 'QueueEntryRequested', userId: 'ann' }]);
    expect(JSON.stringify([accepted, scene.appended])).not.toContain(NUMBER);
  });

  test.each<[string, Applicant]>([
    ['a phone number', { phoneNumber: NUMBER }],
    ['a pseudonym', { userId: 'ann' }],
  ])('by %s is held against the balance with one look', async (_how, applicant) => {
    const scene = new Scene(100);
    await scene.ask(applicant);
    expect(scene.looks).toEqual([applicant]);
    expect(scene.appended).toHaveLength(1);
    for (const points of [99, -1, Number.NaN]) {
      scene.user = { userId: 'ann', points };
      await expect(scene.ask(applicant)).rejects.toMatchObject({ code: 'INSUFFICIENT_BALANCE' });
    }
    scene.user = undefined;
    await expect(scene.ask(applicant)).rejects.toMatchObject({ code: 'USER_NOT_FOUND' });
    scene.recordsAway = true;
    await expect(scene.ask(applicant)).rejects.toMatchObject({ code: 'ELIGIBILITY_UNAVAILABLE', retryAfterSeconds: 2 });
    expect(scene.appended).toHaveLength(1);
  });

  test('with a minimum balance of 0 must at least be of somebody whom the shop knows', async () => {
    const scene = new Scene(0);
    scene.user = undefined;
    await expect(scene.ask({ userId: 'ann' })).rejects.toMatchObject({ code: 'USER_NOT_FOUND' });
    scene.user = { userId: 'ann', points: 0 };
    expect(await scene.ask({ userId: 'ann' })).toMatchObject({ state: 'PENDING' });
  });

  test('by a phone number cannot be judged while the policy is not known', async () => {
    const scene = new Scene(null);
    scene.viewAway = true;
    await expect(scene.ask({ phoneNumber: NUMBER })).rejects.toMatchObject({ code: 'ELIGIBILITY_UNAVAILABLE' });
    await expect(scene.ask({ userId: 'ann' })).rejects.toMatchObject({ code: 'PROJECTION_UNAVAILABLE' });
    expect(scene.appended).toEqual([]);
  });

  describe('after a while without any', () => {
    async function later(scene: Scene): Promise<void> {
      await scene.ask({ userId: 'ann' });
      const now = performance.now();
      jest.spyOn(performance, 'now').mockReturnValue(now + 5000);
    }

    test('is judged by the policy of now', async () => {
      const scene = new Scene(null);
      await later(scene);
      scene.minimumBalance = 1000;
      await expect(scene.ask({ userId: 'ann' })).rejects.toMatchObject({ code: 'INSUFFICIENT_BALANCE' });
      jest.restoreAllMocks();
    });

    test.each(['viewAway', 'viewHangs'] as const)('is judged by the policy last known (%s)', async (fault) => {
      const scene = new Scene(100);
      await later(scene);
      scene[fault] = true;
      expect(await scene.ask({ userId: 'ann' })).toMatchObject({ state: 'PENDING' });
      expect(scene.looks).toHaveLength(2);
      jest.restoreAllMocks();
    });
  });
});
