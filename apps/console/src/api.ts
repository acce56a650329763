import type { CALLS, Policy, Problem, Projections, Queue, QueuePage, Receipted } from './api.generated.ts';
import { CALLS as CALL } from './api.generated.ts';

const ANSWERED_WITHIN_MS = 10_000;

/** The API said no, or nothing. */
export class Refusal extends Error {
  readonly status: number;

  constructor(status: number, reason: string) {
    super(reason);
    this.status = status;
  }
}

/** What an operator does, with the admin token. */
export class Api {
  readonly #token: string;

  constructor(token: string) {
    this.#token = token;
  }

  async queues(): Promise<readonly Queue[]> {
    const all: Queue[] = [];
    let cursor: string | undefined;
    do {
      const query: string = cursor === undefined ? '' : `&cursor=${encodeURIComponent(cursor)}`;
      const page: QueuePage = await this.#call('listQueues', {}, undefined, `?limit=500${query}`);
      all.push(...page.queues);
      cursor = page.nextCursor;
    } while (cursor !== undefined);
    return all;
  }
  projections(): Promise<Projections> {
    return this.#call('getProjections', {});
  }
  configure(concertId: string, policy: Policy): Promise<Queue | Receipted> {
    return this.#call('configureQueue', { concertId }, policy);
  }
  steer(concertId: string, how: 'pause' | 'resume' | 'close'): Promise<Queue | Receipted> {
    return this.#call(`${how}Queue`, { concertId });
  }
  judge(concertId: string, userId: string, how: 'disqualify' | 'reinstate'): Promise<Receipted> {
    return this.#call(`${how}User`, { concertId, userId });
  }

  async #call<T>(
    name: keyof typeof CALLS,
    path: Readonly<Record<string, string>>,
    body?: object,
    query = '',
  ): Promise<T> {
    const address = CALL[name].path.replaceAll(/\{(\w+)\}/g, (_, part: string) => encodeURIComponent(path[part] ?? ''));
    const answer = await fetch(`..${address}${query}`, {
      method: CALL[name].method,
      headers: { authorization: `Bearer ${this.#token}`, ...(body && { 'content-type': 'application/json' }) },
      ...(body && { body: JSON.stringify(body) }),
      cache: 'no-store',
      signal: AbortSignal.timeout(ANSWERED_WITHIN_MS),
    }).catch((error: unknown) => {
      throw new Refusal(0, error instanceof Error ? error.message : String(error));
    });
    // The wire edge: what the API answers is held against its description by its own tests.
    const told = (await answer.json().catch(() => ({}))) as T & Partial<Problem>;
    if (!answer.ok) throw new Refusal(answer.status, told.detail ?? `status ${answer.status}`);
    return told;
  }
}
