/** Simulates one user. Every choice follows from the user's random numbers and from the responses. */
import { setTimeout as pause } from 'node:timers/promises';
import type { ApiDriver, ApiResult } from './api-driver.ts';
import type { EntryResponse } from './history.ts';
import type { Random } from './random.ts';
import type { Recorder } from './recorder.ts';

export interface UserPace {
  /** Maximum milliseconds between two calls. */
  readonly thinkMs: number;
  readonly claimWindowMs: number;
  readonly entries: number;
}

export interface SimulationContext {
  readonly driver: ApiDriver;
  readonly recorder: Recorder;
  /** Whether the users stop. */
  readonly isOver: () => boolean;
}

interface Ticket {
  readonly token: string;
  readonly offset: number;
}

export class UserSimulator {
  #admission: Ticket | undefined;
  #previous: Ticket | undefined;

  constructor(
    private readonly context: SimulationContext,
    private readonly concertId: string,
    readonly userId: string,
    private readonly random: Random,
    private readonly pace: UserPace,
  ) {}

  /** Enters up to `entries` times until the simulation is over. */
  async run(): Promise<void> {
    for (let entry = 0; entry < this.pace.entries && !this.context.isOver(); entry++) {
      await this.#think();
      const ticket = await this.#enter();
      if (ticket) await this.#wait(ticket);
      await this.#tryOldTokens();
    }
  }

  async #enter(): Promise<Ticket | undefined> {
    const twice = this.random.isBelow(0.25);
    const tickets = await Promise.all(Array.from({ length: twice ? 2 : 1 }, () => this.#enterOnce()));
    const given = tickets.filter((ticket) => ticket !== undefined);
    return given[this.random.between(0, Math.max(0, given.length - 1))];
  }

  async #enterOnce(): Promise<Ticket | undefined> {
    const request = { is: 'enter', userId: this.userId } as const;
    const { response, token } = await this.#call(request, (driver) => driver.enter(this.concertId, this.userId));
    return response.is === 'receipt' && token !== undefined ? { token, offset: response.offset } : undefined;
  }

  /** Polls the entry and reacts to its state until it is closed. */
  async #wait(first: Ticket): Promise<void> {
    let ticket = first;
    const behaviour = this.random.oneOf('punctual', 'punctual', 'late', 'absent');
    while (!this.context.isOver()) {
      await this.#think();
      const entry = await this.#getEntry(ticket);
      const chance = this.random.next();
      if (chance < 0.02) return; // gives up without leaving the queue
      if (chance < 0.06) await this.#withTicket('leave', ticket);
      else if (chance < 0.1) ticket = (await this.#enterOnce()) ?? ticket;
      else if (chance < 0.14) await this.#claim(ticket);
      if (entry?.state === 'READY') await this.#admitted(ticket, behaviour);
      else if (entry?.state === 'ACTIVE' && this.#admission) await this.#purchase(this.#admission);
      else if (entry && !['PENDING', 'REGISTERED', 'WAITING', 'ACTIVE'].includes(entry.state)) {
        this.#previous = ticket;
        return;
      }
    }
  }

  async #admitted(ticket: Ticket, behaviour: 'punctual' | 'late' | 'absent'): Promise<void> {
    if (behaviour === 'absent') return;
    if (behaviour === 'late') await pause(this.pace.claimWindowMs * (0.5 + this.random.next()));
    await this.#claim(ticket);
  }

  async #purchase(admission: Ticket): Promise<void> {
    await this.#withAdmission('verify', admission);
    if (this.random.isBelow(0.4)) return; // does not complete yet
    await this.#withAdmission('complete', admission);
    if (this.random.isBelow(0.3)) await this.#withAdmission('complete', admission);
  }

  async #tryOldTokens(): Promise<void> {
    if (this.#admission) await this.#withAdmission('verify', this.#admission);
    if (!this.#previous || this.random.isBelow(0.5)) return;
    await this.#getEntry(this.#previous);
    await this.#withTicket(this.random.oneOf('leave', 'claim'), this.#previous);
  }

  async #claim(ticket: Ticket): Promise<void> {
    const { response, token } = await this.#withTicket('claim', ticket);
    if (response.is !== 'admission' || token === undefined) return;
    // The admission belongs to the entry that this token shows, which an earlier request may have created.
    // While the view is unavailable the user cannot see the entry and lets the admission expire.
    const entry = await this.#getEntry(ticket);
    if (!entry) return;
    this.#admission = { token, offset: entry.offset };
    await this.#withAdmission('verify', this.#admission);
  }

  async #getEntry(ticket: Ticket): Promise<EntryResponse | undefined> {
    const { response } = await this.#withTicket('getEntry', ticket);
    return response.is === 'entry' ? response.entry : undefined;
  }

  #withTicket(is: 'getEntry' | 'leave' | 'claim', { token, offset }: Ticket): Promise<ApiResult> {
    return this.#call({ is, userId: this.userId, token: offset }, (driver) => driver[is](this.concertId, token));
  }

  #withAdmission(is: 'verify' | 'complete', { token, offset }: Ticket): Promise<ApiResult> {
    return this.#call({ is, userId: this.userId, token: offset }, (driver) => driver[is](token));
  }

  #call(
    request: Parameters<Recorder['record']>[1],
    call: (driver: ApiDriver) => Promise<ApiResult>,
  ): Promise<ApiResult> {
    return this.context.recorder.record(this.concertId, request, () => call(this.context.driver));
  }

  #think(): Promise<void> {
    return pause(this.random.between(1, this.pace.thinkMs));
  }
}
