import { isLanguage, LANGUAGE_NAMES, textsOf } from './languages.ts';
import { NotificationSound } from './notification-sound.ts';
import type { PageStorage } from './page-storage.ts';
import { element } from './render.ts';
import type { Action, Model } from './view.ts';

const KEYS = { language: 'concert-queue.language', sound: 'concert-queue.sound' } as const;

export type Actions = Readonly<Record<Action | 'leave' | 'restore', () => void>>;

/** The buttons of the page. Those that need no connection work before the settings have arrived. */
export class Controls {
  readonly sound: NotificationSound;
  readonly #storage: PageStorage;
  readonly #model: () => Model;
  readonly #update: (part: Partial<Model>) => void;
  readonly #confirm = element('confirm', HTMLDialogElement);

  constructor(storage: PageStorage, model: () => Model, update: (part: Partial<Model>) => void) {
    this.#storage = storage;
    this.#model = model;
    this.#update = update;
    this.sound = new NotificationSound(storage.get(KEYS.sound) !== 'off');
    element('leave').addEventListener('click', () => this.#confirm.showModal());
    element('stay').addEventListener('click', () => this.closeQuestion());
    element('copy').addEventListener('click', () => this.#copyAddress());
    const languages = element('language', HTMLSelectElement);
    for (const [language, name] of Object.entries(LANGUAGE_NAMES)) languages.add(new Option(name, language));
    languages.value = model().language;
    languages.addEventListener('change', () => void this.#changeLanguage(languages.value));
    element('sound').addEventListener('click', () => this.#toggleSound());
    this.showSound();
  }

  /** The language that the user has chosen. */
  static storedLanguage(storage: PageStorage): string | null {
    return storage.get(KEYS.language);
  }

  connect(actions: Actions): void {
    element('primary').addEventListener('click', ({ currentTarget }) => {
      const wanted = currentTarget instanceof HTMLElement ? currentTarget.dataset['action'] : undefined;
      for (const [action, work] of Object.entries(actions)) if (action === wanted) work();
    });
    element('restore').addEventListener('click', actions.restore);
    element('go').addEventListener('click', () => {
      this.closeQuestion();
      actions.leave();
    });
  }

  /** Closes the question whether to leave. */
  closeQuestion(): void {
    this.#confirm.close();
  }

  showSound(): void {
    const { soundOn, soundOff } = this.#model().messages;
    element('sound').setAttribute('aria-pressed', String(this.sound.isOn));
    element('sound-label').textContent = this.sound.isOn ? soundOn : soundOff;
  }

  #toggleSound(): void {
    this.sound.isOn = !this.sound.isOn;
    this.#storage.set(KEYS.sound, this.sound.isOn ? 'on' : 'off');
    this.showSound();
    this.sound.play();
  }

  async #changeLanguage(chosen: string): Promise<void> {
    if (!isLanguage(chosen)) return;
    this.#storage.set(KEYS.language, chosen);
    this.#update({ ...(await textsOf(chosen)), error: undefined });
    this.showSound();
  }

  #copyAddress(): void {
    const address = element('address', HTMLInputElement);
    address.select();
    navigator.clipboard?.writeText(address.value).then(
      () => this.#update({ isCopied: true }),
      () => undefined, // the address is selected: the user can copy it
    );
  }
}
