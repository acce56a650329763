import { Api, ApiError } from './api.ts';
import { el, write } from './dom.ts';
import type { Messages } from './messages.ts';
import type { View } from './view.ts';

/** Asks for the admin token and checks it with an API call. */
export function signIn(messages: Messages, reason: string, accept: (token: string) => void): View {
  const token = el('input', {
    type: 'password',
    required: true,
    autocomplete: 'off',
    autofocus: true,
    spellcheck: 'false',
  });
  const error = el('p', { class: 'error', role: 'alert' }, reason);
  const submit = el('button', { class: 'main' }, messages.signIn);
  const form = el(
    'form',
    { class: 'card narrow' },
    el('h1', { tabindex: -1 }, messages.signIn),
    el('p', { class: 'soft' }, messages.signInHelp),
    el('label', {}, messages.token, token),
    error,
    submit,
  );
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    submit.disabled = true;
    new Api(token.value)
      .queues()
      .then(() => accept(token.value))
      .catch((failure: unknown) => {
        // A server error says nothing about the token: the view may be unavailable.
        if (failure instanceof ApiError && failure.status >= 500) accept(token.value);
        else if (isUnauthorized(failure)) write(error, messages.wrongToken);
        else write(error, failure instanceof Error ? failure.message : String(failure));
      })
      .finally(() => (submit.disabled = false));
  });
  return { nodes: [form], update: () => undefined };
}

export function isUnauthorized(error: unknown): boolean {
  return error instanceof ApiError && (error.status === 401 || error.status === 403);
}
