import { describe, expect, test } from '@jest/globals';
import * as fixtures from '../../domain/concert-queue.fixtures.ts';
import { ConcertQueue } from '../../domain/concert-queue.ts';
import type { QueueEvent } from '../../domain/events.generated.ts';
import type { Offset } from '../../domain/types.ts';
import { QueueError } from '../errors.ts';
import type { AdmissionTokens } from '../ports/admission-tokens.port.ts';
import { logThat, notExpected, shown, viewThat } from '../ports/ports.fixtures.ts';
import { QueueCache } from '../queries/queue-cache.ts';
import { AppendAndAwait } from './append-and-await.ts';
import { ClaimAdmission } from './claim-admission.command.ts';
import { ClaimAdmissionHandler } from './claim-admission.handler.ts';

/** A log whose every record is folded at once, unless the projection is held; stamped with this process's clock. */
class ClaimFixture {
  readonly appended: QueueEvent[] = [];
  held = false;
  /** The log's estimate of its own time. */
  now: number | undefined = Date.now();
  /** The view answers so often with an error, before it is back. */
  away = 0;
  #queue: ConcertQueue | undefined;
  #end = 0;

  constructor(...events: QueueEvent[]) {
    for (const event of events) this.#fold(event);
  }

  #fold(event: QueueEvent): Offset {
    const position = { offset: this.#end++, timestamp: Date.now() };
    if (event.type === 'QueueConfigured') this.#queue ??= ConcertQueue.begin(event, position);
    if (!this.held) this.#queue?.apply(event, position);
    return position.offset;
  }

  claim(userId: string, offset: Offset) {
    const log = logThat({
      now: () => this.now,
      append: (event) => {
        this.appended.push(event);
        return Promise.resolve({
          topic: 'queue.entry',
          partition: 0,
          offset: this.#fold(event),
          timestamp: Date.now(),
        });
      },
    });
    const look = () => {
      if (this.away-- > 0) throw new QueueError('PROJECTION_UNAVAILABLE', 'away');
      if (!this.#queue) return undefined;
      return { ...shown(this.#queue), entry: this.#queue.entryOf(userId), disqualified: false };
    };
    const view = viewThat({
      queue: async () => look(),
      entry: async () => look(),
      progress: async () => ({
        checkpoint: this.#end - 1,
        concertOffset: this.#queue?.offset,
        writtenAt: 0,
        owner: 'test',
      }),
    });
    const tokens: AdmissionTokens = {
      sign: async (claims) => JSON.stringify(claims),
      verify: notExpected,
      publicKeys: { keys: [] },
    };
    const handler = new ClaimAdmissionHandler(view, tokens, new AppendAndAwait(log, new QueueCache(view, log)), log);
    const token = { userId, concertId: 'spring-tour', partition: 0, offset };
    return handler.execute(new ClaimAdmission(token));
  }
}

const opened = fixtures.configured();

describe('a claim', () => {
  test('of a READY entry is appended, projected and answered with a token for its request', async () => {
    const fixture = new ClaimFixture(opened, fixtures.requestedBy('ann'), fixtures.admittedUpTo(1));
    const { admissionToken, activeUntil } = await fixture.claim('ann', 1);
    expect(fixture.appended).toMatchObject([
      { type: 'AdmissionClaimed', concertId: 'spring-tour', userId: 'ann', tokenOffset: 1 },
    ]);
    expect(JSON.parse(admissionToken)).toEqual({ userId: 'ann', concertId: 'spring-tour', offset: 1, activeUntil });
    expect(Math.abs(activeUntil - Date.now() - 300_000)).toBeLessThan(10_000);
  });

  test('of an ACTIVE entry returns the token again and appends nothing', async () => {
    const fixture = new ClaimFixture(opened, fixtures.requestedBy('ann'), fixtures.admittedUpTo(1));
    expect([await fixture.claim('ann', 1)]).toEqual([await fixture.claim('ann', 1)]);
    expect(fixture.appended).toHaveLength(1);
  });

  test('of an ACTIVE entry is judged by log time, not by the clock of the process', async () => {
    const events = [fixtures.configured({ activeWindowSeconds: -60 }), fixtures.requestedBy('ann')];
    const fixture = new ClaimFixture(...events, fixtures.admittedUpTo(1), fixtures.claimedBy('ann', 1));
    await expect(fixture.claim('ann', 1)).rejects.toMatchObject({ code: 'ADMISSION_ENDED' });
    for (const now of [Date.now() - 120_000, undefined]) {
      fixture.now = now;
      expect(JSON.parse((await fixture.claim('ann', 1)).admissionToken)).toMatchObject({ userId: 'ann' });
    }
  });

  test('with the token of a repeat is for the request that created the entry', async () => {
    const fixture = new ClaimFixture(
      opened,
      fixtures.requestedBy('ann'),
      fixtures.requestedBy('ann', 'again'),
      fixtures.admittedUpTo(1),
    );
    expect(JSON.parse((await fixture.claim('ann', 2)).admissionToken)).toMatchObject({ offset: 1 });
  });

  test.each<[string, QueueEvent[], Offset]>([
    ['waits', [opened, fixtures.requestedBy('ann')], 1],
    [
      'is registered for the draw',
      [fixtures.configuredWithDraw({ opensAt: Date.now() + 60_000 }), fixtures.requestedBy('ann')],
      1,
    ],
    ['is not projected yet', [opened], 1],
    ['was never heard of, at a concert that was not configured, yet', [], 1],
  ])('of an entry that %s is NOT_READY and appends nothing', async (_, events, offset) => {
    const fixture = new ClaimFixture(...events);
    await expect(fixture.claim('ann', offset)).rejects.toMatchObject({ code: 'NOT_READY' });
    expect(fixture.appended).toEqual([]);
  });

  const called = [opened, fixtures.requestedBy('ann'), fixtures.admittedUpTo(1)];
  const anHourOn = (Date.now() + 3_600_000) / 1_000;
  test.each<[string, QueueEvent[], Offset]>([
    ['left', [...called, fixtures.leftBy('ann', 1)], 1],
    ['was disqualified', [...called, fixtures.claimedBy('ann', 1), fixtures.disqualifiedUser('ann')], 1],
    ['completed', [...called, fixtures.claimedBy('ann', 1), fixtures.completedBy('ann', 1)], 1],
    ['was rejected', [fixtures.configured({ opensAt: Date.now() + 60_000 }), fixtures.requestedBy('ann')], 1],
    [
      'has a token of an earlier life',
      [...called, fixtures.leftBy('ann', 1), fixtures.requestedBy('ann', '2'), fixtures.admittedUpTo(4)],
      1,
    ],
    ['is forgotten', [opened, fixtures.requestedBy('bo')], 0],
    ['asked at a concert that was never configured', [fixtures.requestedBy('ann')], 0],
    [
      'is ACTIVE past the end',
      [fixtures.configured({ activeWindowSeconds: -1 }), ...called.slice(1), fixtures.claimedBy('ann', 1)],
      1,
    ],
    [
      'expired',
      [fixtures.configured({ claimWindowSeconds: -1 }), ...called.slice(1), fixtures.timePassed(anHourOn)],
      1,
    ],
  ])('of an entry that %s is ADMISSION_ENDED and appends nothing', async (_, events, offset) => {
    const fixture = new ClaimFixture(...events);
    await expect(fixture.claim('ann', offset)).rejects.toMatchObject({ code: 'ADMISSION_ENDED' });
    expect(fixture.appended).toEqual([]);
  });

  test('is appended while the view is unavailable, and answered when it is back', async () => {
    const fixture = new ClaimFixture(...called);
    fixture.away = 3;
    await expect(fixture.claim('ann', 1)).resolves.toMatchObject({ admissionToken: expect.any(String) });
    expect(fixture.appended).toHaveLength(1);
  });

  test('takes effect even if it is not projected in time: repeating it returns the token', async () => {
    const fixture = new ClaimFixture(...called);
    fixture.held = true;
    await expect(fixture.claim('ann', 1)).rejects.toMatchObject({
      code: 'PROJECTION_UNAVAILABLE',
      retryAfterSeconds: 1,
    });
    expect(fixture.appended).toHaveLength(1);
    fixture.held = false;
    await expect(fixture.claim('ann', 1)).resolves.toMatchObject({ admissionToken: expect.any(String) });
  });
});
