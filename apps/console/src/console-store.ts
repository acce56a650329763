import type { Policy, Projections, Queue } from './api.generated.ts';
import { type Api, ApiError, type QueueAction, type UserAction } from './api.ts';
import { confirmAction, editPolicy } from './dialogs.ts';
import { byId, write } from './dom.ts';
import type { Language, Messages } from './messages.ts';
import { editNotice } from './notice-dialog.ts';
import { TimeSeries } from './time-series.ts';

/** State and actions shared by the views. */
export class ConsoleStore {
  readonly timeSeries: TimeSeries;
  queues: readonly Queue[] | undefined;
  projections: Projections | undefined;

  /** @param previous the store to take the state from, e.g. after a change of the language */
  constructor(
    readonly api: Api,
    readonly messages: Messages,
    readonly language: Language,
    private readonly changed: () => void,
    previous?: ConsoleStore,
  ) {
    this.timeSeries = previous?.timeSeries ?? new TimeSeries();
    this.queues = previous?.queues;
    this.projections = previous?.projections;
  }

  async refreshQueues(): Promise<void> {
    this.queues = await this.api.queues();
    for (const { concertId, waiting, registered, ready, active, admittedPerMinute } of this.queues) {
      this.timeSeries.add(`${concertId}/waiting`, waiting + registered);
      this.timeSeries.add(`${concertId}/ready`, ready);
      this.timeSeries.add(`${concertId}/active`, active);
      this.timeSeries.add(`${concertId}/rate`, admittedPerMinute);
    }
    this.changed();
  }

  async refreshProjections(): Promise<void> {
    this.projections = await this.api.projections();
    const total = (valueOf: (partition: Projections['partitions'][number]) => number): number =>
      this.projections?.partitions.reduce((sum, partition) => sum + valueOf(partition), 0) ?? 0;
    this.timeSeries.add(
      'lag',
      total(({ lagEvents }) => lagEvents),
    );
    this.timeSeries.add(
      'dead',
      total(({ deadLetters }) => deadLetters),
    );
    this.changed();
  }

  configure(queue?: Queue): void {
    editPolicy(this.messages, queue, async (concertId: string, policy: Policy) => {
      await this.api.configure(concertId, policy);
      this.#announce(this.messages.done);
      location.hash = `#/queues/${encodeURIComponent(concertId)}`;
      await this.refreshQueues();
    });
  }

  editNotice({ concertId, notice }: Queue): void {
    editNotice(this.messages, concertId, notice, async (texts) => {
      await this.api.postNotice(concertId, texts);
      this.#announce(this.messages.done);
      await this.refreshQueues();
    });
  }

  async changeQueue(concertId: string, action: QueueAction): Promise<void> {
    const { messages } = this;
    const questions = {
      pause: [messages.confirmPause(concertId), messages.confirmPauseText, messages.pause],
      resume: [messages.confirmResume(concertId), messages.confirmResumeText, messages.resume],
      close: [messages.confirmClose(concertId), messages.confirmCloseText, messages.close],
    } as const;
    const [title, text, verb] = questions[action];
    if (!(await confirmAction(messages, title, text, verb, action === 'close'))) return;
    await this.#perform(async () => {
      await this.api.changeQueue(concertId, action);
      await this.refreshQueues();
      return messages.done;
    });
  }

  async changeUser(concertId: string, userId: string, action: UserAction): Promise<void> {
    const { messages } = this;
    const question =
      action === 'disqualify'
        ? ([messages.confirmDisqualify(userId), messages.confirmDisqualifyText, messages.disqualify, true] as const)
        : ([messages.confirmReinstate(userId), messages.confirmReinstateText, messages.reinstate, false] as const);
    const [title, text, verb, isDestructive] = question;
    if (!(await confirmAction(messages, title, text, verb, isDestructive))) return;
    await this.#perform(async () => {
      const { receipt } = await this.api.changeUser(concertId, userId, action);
      return messages.recorded(receipt.offset);
    });
  }

  async #perform(work: () => Promise<string>): Promise<void> {
    try {
      this.#announce(await work());
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      this.#announce(error.message);
    }
  }

  /** Shows the text on the page and announces it to screen readers. */
  #announce(text: string): void {
    write(byId('announcement'), text);
    const shown = document.getElementById('action-result');
    if (shown) write(shown, text);
  }
}
