/** What the API answered, and whether it was honest. */
import type { Exchange } from '../support/api.ts';

/** Between the last sign of the fault and its last answer some time passes: calls given up, clients that wait. */
const AFTERMATH_MS = 5_000;

export class Answers {
  readonly #all: Exchange[] = [];

  add(exchange: Exchange): void {
    this.#all.push(exchange);
  }

  /** Calls that were under way in this span of monotonic milliseconds, by what they were told. */
  during(from: number, to: number): ReadonlyMap<string, number> {
    const told = new Map<string, number>();
    for (const { status, code, sentAt, answeredAt } of this.#all) {
      if (answeredAt < from || sentAt > to) continue;
      const words = status === 0 ? 'broken' : status < 300 ? '2xx' : `${status} ${code ?? ''}`.trim();
      told.set(words, (told.get(words) ?? 0) + 1);
    }
    return told;
  }

  /** Answers that nobody should get: neither what was asked for, nor an honest refusal for now. */
  wrong(broken: { readonly from: number; readonly to: number } | undefined): readonly string[] {
    const words = this.#all.flatMap((exchange) => {
      const { method, path, status, code, sentAt, answeredAt } = exchange;
      const reason = wrongness(exchange);
      const mayBreak = broken && answeredAt >= broken.from && sentAt <= broken.to + AFTERMATH_MS;
      if (reason === undefined || (status === 0 && mayBreak)) return [];
      return [`${method} ${path}: ${status} ${code ?? ''} (${reason}, after ${Math.round(answeredAt - sentAt)} ms)`];
    });
    return words.length > 5 ? [...words.slice(0, 5), `and ${words.length - 5} more`] : words;
  }
}

/** undefined: there is nothing wrong with it. (Whether a 409 is true, the log must say.) */
function wrongness({ status, code, path, retryAfter }: Exchange): string | undefined {
  if (status >= 200 && status < 300) return undefined;
  if (status === 409) return undefined;
  if (status === 429 || status === 503) return retryAfter === undefined ? 'without Retry-After' : undefined;
  // An admission that is over is refused by name at the door of the protected site.
  if (path.startsWith('/v1/admissions/') && (status === 401 || status === 403)) return undefined;
  return status === 0 ? `the connection broke: ${code}` : 'nobody should be told this';
}
