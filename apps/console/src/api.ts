import type { CALLS, Notice, Policy, Problem, Projections, Queue, QueuePage, Receipted } from './api.generated.ts';
import { CALLS as CALL } from './api.generated.ts';

const TIMEOUT_MS = 10_000;

export type QueueAction = 'pause' | 'resume' | 'close';
export type UserAction = 'disqualify' | 'reinstate';

/** The API rejected the request, or did not respond (status 0). */
export class ApiError extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** The operator calls of the API, with the admin token. */
export class Api {
  readonly #token: string;

  constructor(token: string) {
    this.#token = token;
  }

  async queues(): Promise<readonly Queue[]> {
    const queues: Queue[] = [];
    let cursor: string | undefined;
    do {
      const query: string = cursor === undefined ? '' : `&cursor=${encodeURIComponent(cursor)}`;
      const page: QueuePage = await this.#call('listQueues', {}, undefined, `?limit=500${query}`);
      queues.push(...page.queues);
      cursor = page.nextCursor;
    } while (cursor !== undefined);
    return queues;
  }
  projections(): Promise<Projections> {
    return this.#call('getProjections', {});
  }
  configure(concertId: string, policy: Policy): Promise<Queue | Receipted> {
    return this.#call('configureQueue', { concertId }, policy);
  }
  changeQueue(concertId: string, action: QueueAction): Promise<Queue | Receipted> {
    return this.#call(`${action}Queue`, { concertId });
  }
  postNotice(concertId: string, texts: Notice['texts']): Promise<Queue | Receipted> {
    return this.#call('postNotice', { concertId }, { texts });
  }
  changeUser(concertId: string, userId: string, action: UserAction): Promise<Receipted> {
    return this.#call(`${action}User`, { concertId, userId });
  }

  async #call<T>(
    name: keyof typeof CALLS,
    path: Readonly<Record<string, string>>,
    body?: object,
    query = '',
  ): Promise<T> {
    const url = CALL[name].path.replaceAll(/\{(\w+)\}/g, (_, part: string) => encodeURIComponent(path[part] ?? ''));
    const response = await fetch(`..${url}${query}`, {
      method: CALL[name].method,
      headers: { authorization: `Bearer ${this.#token}`, ...(body && { 'content-type': 'application/json' }) },
      ...(body && { body: JSON.stringify(body) }),
      cache: 'no-store',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    }).catch((error: unknown) => {
      throw new ApiError(0, error instanceof Error ? error.message : String(error));
    });
    // Not validated at run time: the types are generated from the OpenAPI description.
    const document = (await response.json().catch(() => ({}))) as T & Partial<Problem>;
    if (!response.ok) throw new ApiError(response.status, document.detail ?? `status ${response.status}`);
    return document;
  }
}
