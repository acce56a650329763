import type { Policy, Projections, Queue } from './api.generated.ts';
import { type Api, Refusal } from './api.ts';
import { ask, editPolicy } from './dialogs.ts';
import { byId, write } from './dom.ts';
import type { Language, Words } from './messages.ts';
import { History } from './time-series.ts';

/** What the views show and do: one look at the API for all of them. */
export class Desk {
  readonly history: History;
  queues: readonly Queue[] | undefined;
  projections: Projections | undefined;

  /** @param before what was known already, e.g. in the other language */
  constructor(
    readonly api: Api,
    readonly words: Words,
    readonly language: Language,
    private readonly changed: () => void,
    before?: Desk,
  ) {
    this.history = before?.history ?? new History();
    this.queues = before?.queues;
    this.projections = before?.projections;
  }

  async lookAtQueues(): Promise<void> {
    this.queues = await this.api.queues();
    for (const { concertId, waiting, registered, ready, active, admittedPerMinute } of this.queues) {
      this.history.add(`${concertId}/waiting`, waiting + registered);
      this.history.add(`${concertId}/ready`, ready);
      this.history.add(`${concertId}/active`, active);
      this.history.add(`${concertId}/rate`, admittedPerMinute);
    }
    this.changed();
  }

  async lookAtProjections(): Promise<void> {
    this.projections = await this.api.projections();
    const total = (of: (partition: Projections['partitions'][number]) => number): number =>
      this.projections?.partitions.reduce((sum, partition) => sum + of(partition), 0) ?? 0;
    this.history.add(
      'lag',
      total(({ lagEvents }) => lagEvents),
    );
    this.history.add(
      'dead',
      total(({ deadLetters }) => deadLetters),
    );
    this.changed();
  }

  configure(queue?: Queue): void {
    editPolicy(this.words, queue, async (concertId: string, policy: Policy) => {
      await this.api.configure(concertId, policy);
      this.#say(this.words.done);
      location.hash = `#/queues/${encodeURIComponent(concertId)}`;
      await this.lookAtQueues();
    });
  }

  async steer(concertId: string, how: 'pause' | 'resume' | 'close'): Promise<void> {
    const { words } = this;
    const questions = {
      pause: [words.askPause(concertId), words.askPauseText, words.pause],
      resume: [words.askResume(concertId), words.askResumeText, words.resume],
      close: [words.askClose(concertId), words.askCloseText, words.close],
    } as const;
    const [title, text, verb] = questions[how];
    if (!(await ask(words, title, text, verb, how === 'close'))) return;
    await this.#doing(async () => {
      await this.api.steer(concertId, how);
      await this.lookAtQueues();
      return words.done;
    });
  }

  async judge(concertId: string, userId: string, how: 'disqualify' | 'reinstate'): Promise<void> {
    const { words } = this;
    const question =
      how === 'disqualify'
        ? ([words.askDisqualify(userId), words.askDisqualifyText, words.disqualify, true] as const)
        : ([words.askReinstate(userId), words.askReinstateText, words.reinstate, false] as const);
    const [title, text, verb, isGrave] = question;
    if (!(await ask(words, title, text, verb, isGrave))) return;
    await this.#doing(async () => {
      const { receipt } = await this.api.judge(concertId, userId, how);
      return words.recorded(receipt.offset);
    });
  }

  async #doing(work: () => Promise<string>): Promise<void> {
    try {
      this.#say(await work());
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      this.#say(error.message);
    }
  }

  /** For those who see it and for those who hear it. */
  #say(text: string): void {
    write(byId('said'), text);
    const shown = document.getElementById('outcome');
    if (shown) write(shown, text);
  }
}
