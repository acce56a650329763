import { matchesCommitment } from './draw.ts';
import type { Policy, QueueConfigured } from './events.generated.ts';
import type { DrawState } from './queue-snapshot.ts';
import type { LogTime } from './types.ts';

/** How a queue comes to be open: once, for good, with the draw that was promised for it. */
export class Opening {
  #at: LogTime | null;
  #draw: DrawState | null;

  constructor(at: LogTime | null = null, draw: DrawState | null = null) {
    this.#at = at;
    this.#draw = draw;
  }

  /** Opens when `time` has reached the policy's opening. Says whether it opened by this. */
  openAt(time: LogTime, { opensAt }: Policy): boolean {
    if (this.#at !== null || (opensAt !== null && time < opensAt)) return false;
    this.#at = time;
    return true;
  }

  /** Takes the commitment to a draw. The first one stands, so that nobody can try seeds until one pleases. */
  commit({ policy, drawNonce, drawCommitment }: QueueConfigured): void {
    if (this.isOpen || policy.beforeOpening !== 'draw' || drawNonce === null || drawCommitment === null) return;
    this.#draw ??= { nonce: drawNonce, commitment: drawCommitment, seed: null };
  }

  /** Reveals the seed if a draw is due and was committed to with it. */
  revealSeed(seed: string): boolean {
    if (!this.#draw || !this.drawDue || !matchesCommitment(this.#draw, seed)) return false;
    this.#draw = { ...this.#draw, seed: seed.toLowerCase() };
    return true;
  }

  /** Whether requests before the opening are registered for a draw, instead of refused. */
  registersRequests({ beforeOpening }: Policy): boolean {
    return !this.isOpen && beforeOpening === 'draw' && this.#draw !== null;
  }

  get isOpen(): boolean {
    return this.#at !== null;
  }
  /** Open, and the draw that was promised has not been held. */
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
