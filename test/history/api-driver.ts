import type { Policy } from '../../src/domain/events.generated.ts';
import type { Told } from './history.ts';

/** An answer, and the token that came with it. */
export interface Answered {
  readonly told: Told;
  readonly token?: string;
}

/** The public API, however it is reached. Never rejects: what broke is `silence`. */
export interface Door {
  enter(concertId: string, userId: string): Promise<Answered>;
  look(concertId: string, entryToken: string): Promise<Answered>;
  leave(concertId: string, entryToken: string): Promise<Answered>;
  claim(concertId: string, entryToken: string): Promise<Answered>;
  complete(admissionToken: string): Promise<Answered>;
  verify(admissionToken: string): Promise<Answered>;
  configure(concertId: string, policy: Policy): Promise<Answered>;
  steer(concertId: string, how: 'pause' | 'resume' | 'close'): Promise<Answered>;
  judge(concertId: string, userId: string, verdict: 'disqualify' | 'reinstate'): Promise<Answered>;
  read(concertId: string): Promise<Answered>;
}

/** A code that refuses, or one that promises nothing. */
export function refusal(code: string): Told {
  const promisesNothing = ['LOG_UNAVAILABLE', 'PROJECTION_UNAVAILABLE', 'OVERLOADED'].includes(code);
  return promisesNothing ? { is: 'silence', why: code } : { is: 'refused', code };
}
