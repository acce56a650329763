import { Api, Refusal } from './api.ts';
import { el, write } from './dom.ts';
import type { Words } from './messages.ts';
import type { View } from './view.ts';

/** Asks for the admin token, and tries it before it is believed. */
export function signIn(words: Words, reason: string, taken: (token: string) => void): View {
  const token = el('input', {
    type: 'password',
    required: true,
    autocomplete: 'off',
    autofocus: true,
    spellcheck: 'false',
  });
  const trouble = el('p', { class: 'trouble', role: 'alert' }, reason);
  const go = el('button', { class: 'main' }, words.signIn);
  const form = el(
    'form',
    { class: 'card narrow' },
    el('h1', { tabindex: -1 }, words.signIn),
    el('p', { class: 'soft' }, words.signInHelp),
    el('label', {}, words.token, token),
    trouble,
    go,
  );
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    go.disabled = true;
    new Api(token.value)
      .queues()
      .then(() => taken(token.value))
      .catch((error: unknown) => {
        // Anything but "you are nobody here" is no word against the token: the view may just be away.
        if (error instanceof Refusal && error.status >= 500) taken(token.value);
        else
          write(trouble, isStranger(error) ? words.wrongToken : String(error instanceof Error ? error.message : error));
      })
      .finally(() => (go.disabled = false));
  });
  return { nodes: [form], update: () => undefined };
}

export function isStranger(error: unknown): boolean {
  return error instanceof Refusal && (error.status === 401 || error.status === 403);
}
