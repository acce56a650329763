/** Collects the responses of the API and finds the wrong ones. */
import type { Exchange } from '../support/api.ts';

/** Calls may still fail this long after the fault: clients wait for their timeouts. */
const GRACE_MS = 5_000;

export class Answers {
  readonly #all: Exchange[] = [];

  add(exchange: Exchange): void {
    this.#all.push(exchange);
  }

  /** Counts of the responses to calls in progress in this span of monotonic milliseconds. */
  countsBetween(from: number, to: number): ReadonlyMap<string, number> {
    const counts = new Map<string, number>();
    for (const { status, code, sentAt, answeredAt } of this.#all) {
      if (answeredAt < from || sentAt > to) continue;
      const outcome = status === 0 ? 'broken' : status < 300 ? '2xx' : `${status} ${code ?? ''}`.trim();
      counts.set(outcome, (counts.get(outcome) ?? 0) + 1);
    }
    return counts;
  }

  /** Wrong responses: neither a success nor an expected rejection. Connections may break during `broken`. */
  wrong(broken: { readonly from: number; readonly to: number } | undefined): readonly string[] {
    const problems = this.#all.flatMap((exchange) => {
      const { method, path, status, code, sentAt, answeredAt } = exchange;
      const reason = reasonIfWrong(exchange);
      const mayBreak = broken && answeredAt >= broken.from && sentAt <= broken.to + GRACE_MS;
      if (reason === undefined || (status === 0 && mayBreak)) return [];
      return [`${method} ${path}: ${status} ${code ?? ''} (${reason}, after ${Math.round(answeredAt - sentAt)} ms)`];
    });
    return problems.length > 5 ? [...problems.slice(0, 5), `and ${problems.length - 5} more`] : problems;
  }
}

/** undefined: the response is valid. The promise checks verify a 409 against the log. */
function reasonIfWrong({ status, code, path, retryAfter }: Exchange): string | undefined {
  if (status >= 200 && status < 300) return undefined;
  if (status === 409) return undefined;
  if (status === 429 || status === 503) return retryAfter === undefined ? 'without Retry-After' : undefined;
  // The protected site rejects an admission that has ended.
  if (path.startsWith('/v1/admissions/') && (status === 401 || status === 403)) return undefined;
  return status === 0 ? `the connection broke: ${code}` : 'unexpected response';
}
