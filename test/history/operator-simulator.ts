/** Simulates the operator of a concert: random policy changes, pauses, closings, resumptions and disqualifications. */
import { setTimeout as pause } from 'node:timers/promises';
import type { Policy } from '../../src/domain/events.generated.ts';
import type { ApiDriver, ApiResult } from './api-driver.ts';
import type { ApiRequest } from './history.ts';
import type { Random } from './random.ts';
import type { SimulationContext } from './user-simulator.ts';

export class OperatorSimulator {
  constructor(
    private readonly context: SimulationContext,
    private readonly concertId: string,
    private readonly policy: Policy,
    private readonly random: Random,
    private readonly users: readonly string[],
  ) {}

  async open(): Promise<void> {
    const { response } = await this.#configure(this.policy);
    if (response.is !== 'queue' && response.is !== 'receipt')
      throw new Error(`not configured: ${JSON.stringify(response)}`);
  }

  /** @param everyMs average milliseconds between two operations */
  async operate(everyMs: number): Promise<void> {
    while (!this.context.isOver()) {
      await pause(this.random.between(everyMs / 2, everyMs * 1.5));
      await this.#getQueue();
      await this.#operateOnce(everyMs);
    }
  }

  /** Admits all waiting users. */
  async admitEveryone(): Promise<void> {
    await this.#changeState('resume');
    await this.#configure({ ...this.policy, capacity: 1_000, admissionsPerMinute: 600_000, maximumWaiting: null });
  }

  /** Whether no entry is live. */
  async isEmpty(): Promise<boolean> {
    const { response } = await this.#getQueue();
    if (response.is !== 'queue') return false;
    const { registered, waiting, ready, active } = response.queue;
    return registered + waiting + ready + active === 0;
  }

  async #operateOnce(everyMs: number): Promise<void> {
    const chance = this.random.next();
    if (chance < 0.35) {
      const capacity = this.random.between(1, 6);
      const maximumWaiting = this.random.isBelow(0.2) ? this.random.between(3, 10) : null;
      await this.#configure({ ...this.policy, capacity, maximumWaiting });
    } else if (chance < 0.65) {
      await this.#changeState(this.random.oneOf('pause', 'pause', 'close'));
      await pause(this.random.between(everyMs / 4, everyMs));
      await this.#changeState('resume');
    } else {
      const userId = this.users[this.random.between(0, this.users.length - 1)] ?? '';
      await this.#changeUser(userId, 'disqualify');
      await pause(this.random.between(1, everyMs / 2));
      if (this.random.isBelow(0.7)) await this.#changeUser(userId, 'reinstate');
    }
  }

  #configure(policy: Policy): Promise<ApiResult> {
    return this.#call({ is: 'configure', policy }, (driver) => driver.configure(this.concertId, policy));
  }
  #changeState(how: 'pause' | 'resume' | 'close'): Promise<ApiResult> {
    return this.#call({ is: how }, (driver) => driver.changeState(this.concertId, how));
  }
  #changeUser(userId: string, change: 'disqualify' | 'reinstate'): Promise<ApiResult> {
    return this.#call({ is: change, userId }, (driver) => driver.changeUser(this.concertId, userId, change));
  }
  #getQueue(): Promise<ApiResult> {
    return this.#call({ is: 'getQueue' }, (driver) => driver.getQueue(this.concertId));
  }
  #call(request: ApiRequest, call: (driver: ApiDriver) => Promise<ApiResult>): Promise<ApiResult> {
    return this.context.recorder.record(this.concertId, request, () => call(this.context.driver));
  }
}
