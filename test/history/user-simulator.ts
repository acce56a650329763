/** One user of a random crowd: everything they do follows from their own random numbers and from what they are told. */
import { setTimeout as pause } from 'node:timers/promises';
import type { Answered, Door } from './api-driver.ts';
import type { ToldEntry } from './history.ts';
import type { Random } from './random.ts';
import type { Recorder } from './recorder.ts';

export interface Pace {
  /** Milliseconds between two acts, at most. */
  readonly thinkMs: number;
  readonly claimWindowMs: number;
  readonly entries: number;
}

export interface Party {
  readonly door: Door;
  readonly recorder: Recorder;
  /** It is late: whoever is still here goes. */
  readonly isOver: () => boolean;
}

interface Ticket {
  readonly token: string;
  readonly offset: number;
}

export class Visitor {
  #admission: Ticket | undefined;
  #old: Ticket | undefined;

  constructor(
    private readonly party: Party,
    private readonly concertId: string,
    readonly userId: string,
    private readonly random: Random,
    private readonly pace: Pace,
  ) {}

  /** Comes, perhaps again and again, until it is late or they have had enough. */
  async visit(): Promise<void> {
    for (let entry = 0; entry < this.pace.entries && !this.party.isOver(); entry++) {
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
    const said = { is: 'enter', userId: this.userId } as const;
    const { told, token } = await this.#say(said, (door) => door.enter(this.concertId, this.userId));
    return told.is === 'receipt' && token !== undefined ? { token, offset: told.offset } : undefined;
  }

  /** Looks from time to time, and acts on what is seen, until the entry is over. */
  async #wait(first: Ticket): Promise<void> {
    let ticket = first;
    const habit = this.random.oneOf('punctual', 'punctual', 'late', 'absent');
    while (!this.party.isOver()) {
      await this.#think();
      const entry = await this.#look(ticket);
      const whim = this.random.next();
      if (whim < 0.02) return; // disappears without a word
      if (whim < 0.06) await this.#withTicket('leave', ticket);
      else if (whim < 0.1) ticket = (await this.#enterOnce()) ?? ticket;
      else if (whim < 0.14) await this.#claim(ticket);
      if (entry?.state === 'READY') await this.#called(ticket, habit);
      else if (entry?.state === 'ACTIVE' && this.#admission) await this.#shop(this.#admission);
      else if (entry && !['PENDING', 'REGISTERED', 'WAITING', 'ACTIVE'].includes(entry.state)) {
        this.#old = ticket;
        return;
      }
    }
  }

  async #called(ticket: Ticket, habit: 'punctual' | 'late' | 'absent'): Promise<void> {
    if (habit === 'absent') return;
    if (habit === 'late') await pause(this.pace.claimWindowMs * (0.5 + this.random.next()));
    await this.#claim(ticket);
  }

  async #shop(admission: Ticket): Promise<void> {
    await this.#withAdmission('verify', admission);
    if (this.random.isBelow(0.4)) return; // goes on looking around
    await this.#withAdmission('complete', admission);
    if (this.random.isBelow(0.3)) await this.#withAdmission('complete', admission);
  }

  async #tryOldTokens(): Promise<void> {
    if (this.#admission) await this.#withAdmission('verify', this.#admission);
    if (!this.#old || this.random.isBelow(0.5)) return;
    await this.#look(this.#old);
    await this.#withTicket(this.random.oneOf('leave', 'claim'), this.#old);
  }

  async #claim(ticket: Ticket): Promise<void> {
    const { told, token } = await this.#withTicket('claim', ticket);
    if (told.is !== 'admission' || token === undefined) return;
    // The admission is that of the entry that this ticket shows, which may have been created by an earlier request.
    // Who cannot see it, since the view is away, makes nothing of the admission: it lapses.
    const entry = await this.#look(ticket);
    if (!entry) return;
    this.#admission = { token, offset: entry.offset };
    await this.#withAdmission('verify', this.#admission);
  }

  async #look(ticket: Ticket): Promise<ToldEntry | undefined> {
    const { told } = await this.#withTicket('look', ticket);
    return told.is === 'entry' ? told.entry : undefined;
  }

  #withTicket(is: 'look' | 'leave' | 'claim', { token, offset }: Ticket): Promise<Answered> {
    return this.#say({ is, userId: this.userId, token: offset }, (door) => door[is](this.concertId, token));
  }

  #withAdmission(is: 'verify' | 'complete', { token, offset }: Ticket): Promise<Answered> {
    return this.#say({ is, userId: this.userId, token: offset }, (door) => door[is](token));
  }

  #say(said: Parameters<Recorder['record']>[1], call: (door: Door) => Promise<Answered>): Promise<Answered> {
    return this.party.recorder.record(this.concertId, said, () => call(this.party.door));
  }

  #think(): Promise<void> {
    return pause(this.random.between(1, this.pace.thinkMs));
  }
}
