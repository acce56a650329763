import type { Policy } from '../../src/domain/events.generated.ts';
import type { Answer, Api, Entry, EntryAccepted, Receipt } from '../support/api.ts';
import { type Answered, type Door, refusal } from './api-driver.ts';
import type { Told, ToldQueue } from './history.ts';

type TimedEntry = Entry & { readonly claimBy?: string; readonly activeUntil?: string };
interface Admission {
  readonly admissionToken: string;
  readonly activeUntil: string;
}
type Steered = ToldQueue | { readonly receipt: Receipt };

/** The public API over HTTP. */
export class StackDoor implements Door {
  /** Replaced when the server is. */
  constructor(
    public api: Api,
    private readonly adminToken: string,
  ) {}

  enter(concertId: string, userId: string): Promise<Answered> {
    return answered(this.api.requestEntry(concertId, userId), ({ receipt, entryToken }: EntryAccepted) => ({
      told: received(receipt),
      token: entryToken,
    }));
  }

  look(concertId: string, token: string): Promise<Answered> {
    const path = `/v1/concerts/${concertId}/queue/entries/me`;
    return answered(
      this.api.ask<TimedEntry>('GET', path, { token }),
      ({ receipt, claimBy, activeUntil, ...entry }) => ({
        told: {
          is: 'entry',
          entry: { ...entry, offset: receipt.offset, claimBy: time(claimBy), activeUntil: time(activeUntil) },
        },
      }),
    );
  }

  leave(concertId: string, token: string): Promise<Answered> {
    return answered(this.api.leave(concertId, token), ({ receipt }) => ({ told: received(receipt) }));
  }

  claim(concertId: string, token: string): Promise<Answered> {
    const path = `/v1/concerts/${concertId}/queue/entries/me/claim`;
    return answered(this.api.ask<Admission>('POST', path, { token }), ({ admissionToken, activeUntil }) => ({
      told: { is: 'admission', activeUntil: time(activeUntil) ?? 0 },
      token: admissionToken,
    }));
  }

  complete(token: string): Promise<Answered> {
    const asked = this.api.ask<{ readonly receipt: Receipt }>('POST', '/v1/admissions/complete', { token });
    return answered(asked, ({ receipt }) => ({ told: received(receipt) }));
  }

  verify(token: string): Promise<Answered> {
    return answered(this.api.ask('GET', '/v1/admissions/verify', { token }), () => ({ told: { is: 'yes' } }));
  }

  configure(concertId: string, { maximumWaiting, minimumBalance, opensAt, ...rest }: Policy): Promise<Answered> {
    const optional = {
      ...(maximumWaiting !== null && { maximumWaiting }),
      ...(minimumBalance !== null && { minimumBalance }),
      ...(opensAt !== null && { opensAt: new Date(opensAt).toISOString() }),
    };
    return answered<Steered>(
      this.api.configure(concertId, { ...rest, ...optional }) as Promise<Answer<Steered>>,
      steered,
    );
  }

  steer(concertId: string, how: 'pause' | 'resume' | 'close'): Promise<Answered> {
    return answered<Steered>(this.api.steer(concertId, how) as Promise<Answer<Steered>>, steered);
  }

  judge(concertId: string, userId: string, verdict: 'disqualify' | 'reinstate'): Promise<Answered> {
    const user = `/v1/concerts/${concertId}/queue/entries/${userId}`;
    const [method = '', path = ''] = verdict === 'disqualify' ? ['DELETE', user] : ['POST', `${user}/reinstate`];
    const asked = this.api.ask<{ readonly receipt: Receipt }>(method, path, { token: this.adminToken });
    return answered(asked, ({ receipt }) => ({ told: received(receipt) }));
  }

  read(concertId: string): Promise<Answered> {
    return answered<Steered>(this.api.queue(concertId) as Promise<Answer<Steered>>, steered);
  }
}

async function answered<T>(asked: Promise<Answer<T>>, read: (body: T) => Answered): Promise<Answered> {
  const answer = await asked.catch((error: unknown) => ({ broken: String(error) }));
  if ('broken' in answer) return { told: { is: 'silence', why: answer.broken } };
  return answer.ok ? read(answer.body) : { told: refusal(answer.body.code) };
}

function steered(body: Steered): Answered {
  return 'receipt' in body ? { told: received(body.receipt) } : { told: { is: 'queue', queue: body } };
}

function received({ offset }: Receipt): Told {
  return { is: 'receipt', offset };
}

function time(text: string | undefined): number | undefined {
  return text === undefined ? undefined : Date.parse(text);
}
