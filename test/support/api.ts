/** A client of the HTTP API that shares no code with the product. */
import { Agent, request } from 'node:http';

export interface Receipt {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
}
export interface EntryAccepted {
  readonly entryToken: string;
  readonly receipt: Receipt;
  readonly state: 'PENDING';
  readonly pollAfterMs: number;
}
export interface Entry {
  readonly concertId: string;
  readonly userId: string;
  readonly state: string;
  readonly receipt: Receipt;
  readonly place?: number;
  readonly position?: number;
  readonly rejectedBecause?: string;
  readonly projectedOffset: number;
}
export interface QueueDocument {
  readonly concertId: string;
  readonly state: string;
  readonly waiting: number;
  readonly notice?: { readonly texts: Readonly<Record<string, string>>; readonly postedAt: string };
  readonly projectedOffset: number;
}
export interface Problem {
  readonly code: string;
  readonly detail: string;
}
export type Answer<T> =
  | { readonly ok: true; readonly status: number; readonly body: T }
  | { readonly ok: false; readonly status: number; readonly body: Problem };

/** One call as it went over the wire. `status` 0: the connection broke, or the response timed out. */
export interface Exchange {
  readonly method: string;
  readonly path: string;
  readonly status: number;
  readonly code: string | undefined;
  readonly retryAfter: string | undefined;
  /** Monotonic milliseconds. */
  readonly sentAt: number;
  readonly answeredAt: number;
}

interface Call {
  readonly token?: string;
  readonly body?: object;
}

const POLICY = { capacity: 100, admissionsPerMinute: 60, claimWindowSeconds: 60, activeWindowSeconds: 600 };
const RESPONSE_TIMEOUT_MS = 20_000;

export class Api {
  readonly #url: string;
  readonly #adminToken: string;
  readonly #agent: Agent;
  #closed = false;
  /** Called after every exchange. */
  observe: (exchange: Exchange) => void = () => undefined;

  constructor(url: string, adminToken: string, connections: number) {
    this.#url = url;
    this.#adminToken = adminToken;
    this.#agent = new Agent({ keepAlive: true, maxSockets: connections });
  }

  /** Configures a queue; 200 with its document. A paused queue admits no user, so its positions do not change. */
  configure(concertId: string, policy: object = {}): Promise<Answer<QueueDocument>> {
    const body = { ...POLICY, ...policy };
    return this.ask('PUT', `/v1/concerts/${concertId}/queue`, { token: this.#adminToken, body });
  }
  changeState(concertId: string, how: 'pause' | 'resume' | 'close'): Promise<Answer<QueueDocument>> {
    return this.ask('POST', `/v1/concerts/${concertId}/queue/${how}`, { token: this.#adminToken });
  }
  postNotice(concertId: string, texts: Readonly<Record<string, string>>): Promise<Answer<QueueDocument>> {
    return this.ask('PUT', `/v1/concerts/${concertId}/queue/notice`, { token: this.#adminToken, body: { texts } });
  }
  requestEntry(concertId: string, userId: string): Promise<Answer<EntryAccepted>> {
    return this.ask('POST', `/v1/concerts/${concertId}/queue/entries`, { body: { userId } });
  }
  myEntry(concertId: string, token: string): Promise<Answer<Entry>> {
    return this.ask('GET', `/v1/concerts/${concertId}/queue/entries/me`, { token });
  }
  leave(concertId: string, token: string): Promise<Answer<{ readonly receipt: Receipt }>> {
    return this.ask('DELETE', `/v1/concerts/${concertId}/queue/entries/me`, { token });
  }
  queue(concertId: string): Promise<Answer<QueueDocument>> {
    return this.ask('GET', `/v1/concerts/${concertId}/queue`);
  }

  /** Any call. Rejects when the connection breaks, or after 20 s without a response. */
  ask<T>(method: string, path: string, { token, body }: Call = {}): Promise<Answer<T>> {
    const headers = {
      ...(token && { authorization: `Bearer ${token}` }),
      ...(body && { 'content-type': 'application/json' }),
    };
    const signal = AbortSignal.timeout(RESPONSE_TIMEOUT_MS);
    const sentAt = performance.now();
    const report = (status: number, code?: string, retryAfter?: string): void =>
      this.observe({ method, path, status, code, retryAfter, sentAt, answeredAt: performance.now() });
    return new Promise((resolve, refuse) => {
      const reject = (error: Error): void => {
        report(0, 'code' in error ? String(error.code) : error.message);
        refuse(error);
      };
      const call = request(`${this.#url}${path}`, { method, headers, agent: this.#agent, signal }, (answer) => {
        let text = '';
        answer.setEncoding('utf8').on('data', (piece: string) => (text += piece));
        answer.on('error', reject);
        answer.on('end', () => {
          const status = answer.statusCode ?? 0;
          const parsed = text === '' ? undefined : JSON.parse(text);
          report(status, parsed?.code, answer.headers['retry-after']);
          resolve({ ok: status < 400, status, body: parsed } as Answer<T>);
        });
      });
      call.on('error', reject);
      call.end(body && JSON.stringify(body));
    });
  }

  /** Whether `close` was called; simulated users stop then. */
  get closed(): boolean {
    return this.#closed;
  }

  close(): void {
    this.#closed = true;
    this.#agent.destroy();
  }
}

/** The body of a success response. @throws Error with the code and detail of a problem response */
export function granted<T>(answer: Answer<T>): T {
  if (answer.ok) return answer.body;
  throw new Error(`${answer.status} ${answer.body?.code}: ${answer.body?.detail}`);
}
