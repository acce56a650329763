import { matchesCommitment } from './draw.ts';
import type { Policy, QueueConfigured } from './events.generated.ts';
import type { DrawState, OpeningRule } from './queue-snapshot.ts';
import type { LogPosition, LogTime, Offset } from './types.ts';

/** What the opening decides about a new request: whether it waits, is registered for the draw, or is rejected. */
export type Reception = 'WAITING' | 'REGISTERED' | 'QUEUE_NOT_OPEN';

/** The opening of a queue, and its draw if one was committed to. A queue opens once. */
export class Opening {
  #at: LogTime | null;
  #draw: DrawState | null;
  /** Oldest first; each differs from the one before. */
  #rules: readonly OpeningRule[];

  constructor(at: LogTime | null = null, draw: DrawState | null = null, rules: readonly OpeningRule[] = []) {
    this.#at = at;
    this.#draw = draw;
    this.#rules = rules;
  }

  /** Opens if log time has reached the opening time of the policy. @returns whether this call opened the queue */
  openAt({ offset, time }: { offset: Offset; time: LogTime }, { opensAt }: Policy): boolean {
    if (this.#at !== null || (opensAt !== null && time < opensAt)) return false;
    this.#at = time;
    this.#addRule({ offset, timestamp: time, opensAt: null, registers: false });
    return true;
  }

  /** Accepts the commitment to a draw. The first commitment is final; otherwise an operator could choose among seeds. */
  configure({ policy, drawNonce, drawCommitment }: QueueConfigured, at: { offset: Offset; time: LogTime }): void {
    if (this.isOpen) return;
    if (policy.beforeOpening === 'draw' && drawNonce !== null && drawCommitment !== null)
      this.#draw ??= { nonce: drawNonce, commitment: drawCommitment, seed: null };
    const registers = acceptsRequests(policy, this.#at, this.#draw);
    this.#addRule({ offset: at.offset, timestamp: at.time, opensAt: policy.opensAt, registers });
  }

  /** @returns whether a draw is due and the seed matches its commitment */
  revealSeed(seed: string): boolean {
    if (!this.#draw || !this.drawDue || !matchesCommitment(this.#draw, seed)) return false;
    this.#draw = { ...this.#draw, seed: seed.toLowerCase() };
    return true;
  }

  /** For a request that is folded now. */
  reception(policy: Policy): Reception {
    if (this.isOpen) return 'WAITING';
    return acceptsRequests(policy, this.#at, this.#draw) ? 'REGISTERED' : 'QUEUE_NOT_OPEN';
  }

  /** For a request after the first configuration, as of its position. */
  receptionAt({ offset, timestamp }: LogPosition): Reception {
    const rule = this.#rules.findLast((one) => one.offset < offset) ?? this.#rules[0];
    if (!rule || rule.opensAt === null || timestamp >= rule.opensAt) return 'WAITING';
    return rule.registers ? 'REGISTERED' : 'QUEUE_NOT_OPEN';
  }

  /** Removes the rules that concern only requests at or before `time`. */
  purge(time: LogTime): void {
    const current = this.#rules.findLastIndex(({ timestamp }) => timestamp <= time);
    if (current > 0) this.#rules = this.#rules.slice(current);
  }

  get isOpen(): boolean {
    return this.#at !== null;
  }
  /** The queue is open and its draw has not been held. */
  get drawDue(): boolean {
    return this.isOpen && this.#draw !== null && this.#draw.seed === null;
  }
  /** The queue is open and its draw has been held. */
  get drawHeld(): boolean {
    return this.isOpen && this.#draw !== null && this.#draw.seed !== null;
  }
  /** Log time of the opening; null before it. */
  get at(): LogTime | null {
    return this.#at;
  }
  get draw(): DrawState | null {
    return this.#draw;
  }
  get rules(): readonly OpeningRule[] {
    return this.#rules;
  }

  #addRule(rule: OpeningRule): void {
    const last = this.#rules.at(-1);
    if (last?.opensAt === rule.opensAt && last.registers === rule.registers) return;
    this.#rules = [...this.#rules, rule];
  }
}

/** Whether the queue is open, or registers users for its draw. */
export function acceptsRequests({ beforeOpening }: Policy, openedAt: LogTime | null, draw: DrawState | null): boolean {
  return openedAt !== null || (beforeOpening === 'draw' && draw !== null);
}
