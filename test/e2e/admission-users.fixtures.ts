/** Visitors of a waiting room who know the HTTP API and nothing else: they enter, wait for their call, claim, buy, or do not. */
import { setTimeout as pause } from 'node:timers/promises';
import { type Answer, type Api, type EntryAccepted, granted, type QueueDocument } from '../support/api.ts';
import { inParallel } from '../support/simulated-users.ts';

export type Habit = 'buys' | 'never claims' | 'never completes';
const HABITS: readonly Habit[] = ['buys', 'never claims', 'never completes'];

export interface Admission {
  readonly admissionToken: string;
  readonly activeUntil: string;
}

export interface Visitor {
  readonly userId: string;
  readonly habit: Habit;
  readonly entryToken: string;
  /** Offset of the receipt. */
  readonly offset: number;
}

export interface RoomDocument extends QueueDocument {
  readonly registered: number;
  readonly ready: number;
  readonly active: number;
  readonly admittedThrough: number;
  readonly drawCommitment?: string;
  readonly drawSeed?: string;
}

/** Asks again after a broken connection and after every 503, as the contract says is always safe. */
export async function insist<T>(ask: () => Promise<Answer<T>>, withinMs = 30_000): Promise<Answer<T>> {
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

/** The visitors of one concert. */
export class Visitors {
  readonly all: Visitor[] = [];
  /** What a claim was told, by user. */
  readonly claims = new Map<string, Answer<Admission>>();
  readonly completed = new Set<string>();

  constructor(
    /** Replaced when the server is. */
    public api: Api,
    readonly concertId: string,
  ) {}

  /** Lets so many in, of these habits in turn; resolves when each has a 202. */
  async enter(count: number, name = 'fan', habits: readonly Habit[] = HABITS): Promise<void> {
    await inParallel(Array(count).keys(), 32, async (number) => {
      const userId = `${name}-${number}`;
      const accepted = granted<EntryAccepted>(await insist(() => this.api.requestEntry(this.concertId, userId)));
      const { entryToken, receipt } = accepted;
      this.all.push({ userId, habit: habits[number % habits.length] ?? 'buys', entryToken, offset: receipt.offset });
    });
  }

  async document(): Promise<RoomDocument> {
    return granted((await insist(() => this.api.queue(this.concertId))) as Answer<RoomDocument>);
  }

  claim({ entryToken }: Visitor): Promise<Answer<Admission>> {
    const path = `/v1/concerts/${this.concertId}/queue/entries/me/claim`;
    return insist(() => this.api.ask<Admission>('POST', path, { token: entryToken }));
  }

  complete(admission: Admission): Promise<Answer<unknown>> {
    return insist(() => this.api.ask('POST', '/v1/admissions/complete', { token: admission.admissionToken }));
  }

  /**
   * Everyone watches one document until `admittedThrough` has reached their place, then does as is their habit. Resolves when
   * all were called (and those who claim have their answer).
   *
   * @param gone those who have come and gone already
   */
  async comeAndGo(withinMs: number, gone: readonly Visitor[] = []): Promise<void> {
    const deadline = performance.now() + withinMs;
    const visits: Promise<void>[] = [];
    const waiting = new Set(this.all.filter((visitor) => !gone.includes(visitor)));
    while (waiting.size > 0) {
      const { admittedThrough } = await this.document();
      for (const visitor of waiting) {
        if (visitor.offset > admittedThrough) continue;
        waiting.delete(visitor);
        visits.push(this.visit(visitor));
      }
      if (performance.now() > deadline) throw new Error(`${waiting.size} were not called within ${withinMs} ms`);
      await pause(100);
    }
    await Promise.all(visits);
  }

  async visit(visitor: Visitor): Promise<void> {
    if (visitor.habit === 'never claims') return;
    const answer = await this.claim(visitor);
    this.claims.set(visitor.userId, answer);
    if (visitor.habit === 'never completes' || !answer.ok) return;
    granted(await this.complete(answer.body));
    this.completed.add(visitor.userId);
  }
}
