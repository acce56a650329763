/** Test users of a waiting room over HTTP: they enter, wait, claim and complete, depending on their behaviour. */
import { setTimeout as pause } from 'node:timers/promises';
import { type Answer, type Api, type EntryAccepted, granted, type QueueDocument } from '../support/api.ts';
import { inParallel } from '../support/simulated-users.ts';

export type UserBehaviour = 'buys' | 'never claims' | 'never completes';
const BEHAVIOURS: readonly UserBehaviour[] = ['buys', 'never claims', 'never completes'];

export interface Admission {
  readonly admissionToken: string;
  readonly activeUntil: string;
}

export interface TestUser {
  readonly userId: string;
  readonly behaviour: UserBehaviour;
  readonly entryToken: string;
  /** Offset of the receipt. */
  readonly offset: number;
}

export interface AdmissionDocument extends QueueDocument {
  readonly registered: number;
  readonly ready: number;
  readonly active: number;
  readonly admittedThrough: number;
  readonly drawCommitment?: string;
  readonly drawSeed?: string;
}

/** Repeats a call after a broken connection or a 503, which is always safe (docs/guarantees.md). */
export async function retryUnavailable<T>(ask: () => Promise<Answer<T>>, withinMs = 30_000): Promise<Answer<T>> {
  const deadline = performance.now() + withinMs;
  for (;;) {
    const answer = await ask().catch((error: unknown) => ({ broken: error }));
    const again = 'broken' in answer || answer.status === 503;
    if (!again) return answer;
    if (performance.now() > deadline) {
      if ('broken' in answer) throw answer.broken;
      return answer;
    }
    await pause(50);
  }
}

/** The test users of one concert. */
export class TestUsers {
  readonly all: TestUser[] = [];
  /** Responses to claims, by user. */
  readonly claims = new Map<string, Answer<Admission>>();
  readonly completed = new Set<string>();

  constructor(
    /** Replaced when the server is. */
    public api: Api,
    readonly concertId: string,
  ) {}

  /** Sends entry requests of so many users, with these behaviours in turn; resolves when all are accepted. */
  async enter(count: number, name = 'fan', behaviours: readonly UserBehaviour[] = BEHAVIOURS): Promise<void> {
    await inParallel(Array(count).keys(), 32, async (number) => {
      const userId = `${name}-${number}`;
      const accepted = granted<EntryAccepted>(
        await retryUnavailable(() => this.api.requestEntry(this.concertId, userId)),
      );
      const { entryToken, receipt } = accepted;
      this.all.push({
        userId,
        behaviour: behaviours[number % behaviours.length] ?? 'buys',
        entryToken,
        offset: receipt.offset,
      });
    });
  }

  async document(): Promise<AdmissionDocument> {
    return granted((await retryUnavailable(() => this.api.queue(this.concertId))) as Answer<AdmissionDocument>);
  }

  claim({ entryToken }: TestUser): Promise<Answer<Admission>> {
    const path = `/v1/concerts/${this.concertId}/queue/entries/me/claim`;
    return retryUnavailable(() => this.api.ask<Admission>('POST', path, { token: entryToken }));
  }

  complete(admission: Admission): Promise<Answer<unknown>> {
    return retryUnavailable(() => this.api.ask('POST', '/v1/admissions/complete', { token: admission.admissionToken }));
  }

  /**
   * Polls the queue document; a user acts when `admittedThrough` reaches their place. Resolves when all users were admitted and
   * all claims have their responses.
   *
   * @param gone users to leave out
   */
  async runUntilAdmitted(withinMs: number, gone: readonly TestUser[] = []): Promise<void> {
    const deadline = performance.now() + withinMs;
    const actions: Promise<void>[] = [];
    const waiting = new Set(this.all.filter((user) => !gone.includes(user)));
    while (waiting.size > 0) {
      const { admittedThrough } = await this.document();
      for (const user of waiting) {
        if (user.offset > admittedThrough) continue;
        waiting.delete(user);
        actions.push(this.act(user));
      }
      if (performance.now() > deadline) throw new Error(`${waiting.size} were not admitted within ${withinMs} ms`);
      await pause(100);
    }
    await Promise.all(actions);
  }

  async act(user: TestUser): Promise<void> {
    if (user.behaviour === 'never claims') return;
    const answer = await this.claim(user);
    this.claims.set(user.userId, answer);
    if (user.behaviour === 'never completes' || !answer.ok) return;
    granted(await this.complete(answer.body));
    this.completed.add(user.userId);
  }
}
