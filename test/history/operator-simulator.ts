/** Whoever runs a concert of a random crowd: changes its policy, pauses, closes, resumes, disqualifies, as chance has it. */
import { setTimeout as pause } from 'node:timers/promises';
import type { Policy } from '../../src/domain/events.generated.ts';
import type { Answered, Door } from './api-driver.ts';
import type { Said } from './history.ts';
import type { Random } from './random.ts';
import type { Party } from './user-simulator.ts';

export class Steward {
  constructor(
    private readonly party: Party,
    private readonly concertId: string,
    private readonly policy: Policy,
    private readonly random: Random,
    private readonly users: readonly string[],
  ) {}

  async open(): Promise<void> {
    const { told } = await this.#configure(this.policy);
    if (told.is !== 'queue' && told.is !== 'receipt') throw new Error(`not configured: ${JSON.stringify(told)}`);
  }

  /** @param everyMs between two acts, about */
  async steer(everyMs: number): Promise<void> {
    while (!this.party.isOver()) {
      await pause(this.random.between(everyMs / 2, everyMs * 1.5));
      await this.#read();
      await this.#act(everyMs);
    }
  }

  /** Lets everyone be called who still waits, and room for all. */
  async letAllThrough(): Promise<void> {
    await this.#steer('resume');
    await this.#configure({ ...this.policy, capacity: 1_000, admissionsPerMinute: 600_000, maximumWaiting: null });
  }

  /** Whether nobody waits and nobody is in the room. */
  async isEmpty(): Promise<boolean> {
    const { told } = await this.#read();
    if (told.is !== 'queue') return false;
    const { registered, waiting, ready, active } = told.queue;
    return registered + waiting + ready + active === 0;
  }

  async #act(everyMs: number): Promise<void> {
    const chance = this.random.next();
    if (chance < 0.35) {
      const capacity = this.random.between(1, 6);
      const maximumWaiting = this.random.isBelow(0.2) ? this.random.between(3, 10) : null;
      await this.#configure({ ...this.policy, capacity, maximumWaiting });
    } else if (chance < 0.65) {
      await this.#steer(this.random.oneOf('pause', 'pause', 'close'));
      await pause(this.random.between(everyMs / 4, everyMs));
      await this.#steer('resume');
    } else {
      const userId = this.users[this.random.between(0, this.users.length - 1)] ?? '';
      await this.#judge(userId, 'disqualify');
      await pause(this.random.between(1, everyMs / 2));
      if (this.random.isBelow(0.7)) await this.#judge(userId, 'reinstate');
    }
  }

  #configure(policy: Policy): Promise<Answered> {
    return this.#say({ is: 'configure', policy }, (door) => door.configure(this.concertId, policy));
  }
  #steer(how: 'pause' | 'resume' | 'close'): Promise<Answered> {
    return this.#say({ is: how }, (door) => door.steer(this.concertId, how));
  }
  #judge(userId: string, verdict: 'disqualify' | 'reinstate'): Promise<Answered> {
    return this.#say({ is: verdict, userId }, (door) => door.judge(this.concertId, userId, verdict));
  }
  #read(): Promise<Answered> {
    return this.#say({ is: 'read' }, (door) => door.read(this.concertId));
  }
  #say(said: Said, call: (door: Door) => Promise<Answered>): Promise<Answered> {
    return this.party.recorder.record(this.concertId, said, () => call(this.party.door));
  }
}
