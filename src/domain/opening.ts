import { matchesCommitment } from './draw.ts';
import type { Policy, QueueConfigured } from './events.generated.ts';
import type { DrawState } from './queue-snapshot.ts';
import type { LogTime } from './types.ts';

/** The opening of a queue, and its draw if one was committed to. A queue opens once. */
export class Opening {
  #at: LogTime | null;
  #draw: DrawState | null;

  constructor(at: LogTime | null = null, draw: DrawState | null = null) {
    this.#at = at;
    this.#draw = draw;
  }

  /** Opens if `time` has reached the opening time of the policy. @returns whether this call opened the queue */
  openAt(time: LogTime, { opensAt }: Policy): boolean {
    if (this.#at !== null || (opensAt !== null && time < opensAt)) return false;
    this.#at = time;
    return true;
  }

  /** Accepts the commitment to a draw. The first commitment is final; otherwise an operator could choose among seeds. */
  commit({ policy, drawNonce, drawCommitment }: QueueConfigured): void {
    if (this.isOpen || policy.beforeOpening !== 'draw' || drawNonce === null || drawCommitment === null) return;
    this.#draw ??= { nonce: drawNonce, commitment: drawCommitment, seed: null };
  }

  /** @returns whether a draw is due and the seed matches its commitment */
  revealSeed(seed: string): boolean {
    if (!this.#draw || !this.drawDue || !matchesCommitment(this.#draw, seed)) return false;
    this.#draw = { ...this.#draw, seed: seed.toLowerCase() };
    return true;
  }

  acceptsRequests(policy: Policy): boolean {
    return acceptsRequests(policy, this.#at, this.#draw);
  }

  get isOpen(): boolean {
    return this.#at !== null;
  }
  /** The queue is open and its draw has not been held. */
  get drawDue(): boolean {
    return this.isOpen && this.#draw !== null && this.#draw.seed === null;
  }
  /** Log time of the opening; null before it. */
  get at(): LogTime | null {
    return this.#at;
  }
  get draw(): DrawState | null {
    return this.#draw;
  }
}

/** Whether the queue is open, or registers users for its draw. */
export function acceptsRequests({ beforeOpening }: Policy, openedAt: LogTime | null, draw: DrawState | null): boolean {
  return openedAt !== null || (beforeOpening === 'draw' && draw !== null);
}
