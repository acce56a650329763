import type { Policy } from '../../src/domain/events.generated.ts';
import type { Answer, Api, Entry, EntryAccepted, Receipt } from '../support/api.ts';
import { type ApiDriver, type ApiResult, refusal } from './api-driver.ts';
import type { ApiResponse, QueueResponse } from './history.ts';

type TimedEntry = Entry & { readonly claimBy?: string; readonly activeUntil?: string };
interface Admission {
  readonly admissionToken: string;
  readonly activeUntil: string;
}
type QueueChange = QueueResponse | { readonly receipt: Receipt };

/** The public API over HTTP. */
export class StackApiDriver implements ApiDriver {
  /** `api` is replaced when the server is. */
  constructor(
    public api: Api,
    private readonly adminToken: string,
  ) {}

  enter(concertId: string, userId: string): Promise<ApiResult> {
    return resultOf(this.api.requestEntry(concertId, userId), ({ receipt, entryToken }: EntryAccepted) => ({
      response: received(receipt),
      token: entryToken,
    }));
  }

  getEntry(concertId: string, token: string): Promise<ApiResult> {
    const path = `/v1/concerts/${concertId}/queue/entries/me`;
    return resultOf(
      this.api.ask<TimedEntry>('GET', path, { token }),
      ({ receipt, claimBy, activeUntil, ...entry }) => ({
        response: {
          is: 'entry',
          entry: { ...entry, offset: receipt.offset, claimBy: time(claimBy), activeUntil: time(activeUntil) },
        },
      }),
    );
  }

  leave(concertId: string, token: string): Promise<ApiResult> {
    return resultOf(this.api.leave(concertId, token), ({ receipt }) => ({ response: received(receipt) }));
  }

  claim(concertId: string, token: string): Promise<ApiResult> {
    const path = `/v1/concerts/${concertId}/queue/entries/me/claim`;
    return resultOf(this.api.ask<Admission>('POST', path, { token }), ({ admissionToken, activeUntil }) => ({
      response: { is: 'admission', activeUntil: time(activeUntil) ?? 0 },
      token: admissionToken,
    }));
  }

  complete(token: string): Promise<ApiResult> {
    const pending = this.api.ask<{ readonly receipt: Receipt }>('POST', '/v1/admissions/complete', { token });
    return resultOf(pending, ({ receipt }) => ({ response: received(receipt) }));
  }

  verify(token: string): Promise<ApiResult> {
    return resultOf(this.api.ask('GET', '/v1/admissions/verify', { token }), () => ({ response: { is: 'yes' } }));
  }

  configure(concertId: string, { maximumWaiting, minimumBalance, opensAt, ...rest }: Policy): Promise<ApiResult> {
    const optional = {
      ...(maximumWaiting !== null && { maximumWaiting }),
      ...(minimumBalance !== null && { minimumBalance }),
      ...(opensAt !== null && { opensAt: new Date(opensAt).toISOString() }),
    };
    return resultOf<QueueChange>(
      this.api.configure(concertId, { ...rest, ...optional }) as Promise<Answer<QueueChange>>,
      queueChangeResult,
    );
  }

  changeState(concertId: string, how: 'pause' | 'resume' | 'close'): Promise<ApiResult> {
    return resultOf<QueueChange>(
      this.api.changeState(concertId, how) as Promise<Answer<QueueChange>>,
      queueChangeResult,
    );
  }

  changeUser(concertId: string, userId: string, change: 'disqualify' | 'reinstate'): Promise<ApiResult> {
    const user = `/v1/concerts/${concertId}/queue/entries/${userId}`;
    const [method = '', path = ''] = change === 'disqualify' ? ['DELETE', user] : ['POST', `${user}/reinstate`];
    const pending = this.api.ask<{ readonly receipt: Receipt }>(method, path, { token: this.adminToken });
    return resultOf(pending, ({ receipt }) => ({ response: received(receipt) }));
  }

  getQueue(concertId: string): Promise<ApiResult> {
    return resultOf<QueueChange>(this.api.queue(concertId) as Promise<Answer<QueueChange>>, queueChangeResult);
  }
}

async function resultOf<T>(pending: Promise<Answer<T>>, read: (body: T) => ApiResult): Promise<ApiResult> {
  const answer = await pending.catch((error: unknown) => ({ broken: String(error) }));
  if ('broken' in answer) return { response: { is: 'silence', why: answer.broken } };
  return answer.ok ? read(answer.body) : { response: refusal(answer.body.code) };
}

function queueChangeResult(body: QueueChange): ApiResult {
  return 'receipt' in body ? { response: received(body.receipt) } : { response: { is: 'queue', queue: body } };
}

function received({ offset }: Receipt): ApiResponse {
  return { is: 'receipt', offset };
}

function time(text: string | undefined): number | undefined {
  return text === undefined ? undefined : Date.parse(text);
}
