import type { ApiResult } from './api-driver.ts';
import type { ApiRequest, Call } from './history.ts';

/** Records every call with its response. */
export class Recorder {
  readonly calls: Call[] = [];
  #next = 0;

  async record(concertId: string, request: ApiRequest, call: () => Promise<ApiResult>): Promise<ApiResult> {
    const number = ++this.#next;
    const sentAt = performance.now();
    const resultOf = await call();
    this.calls.push({ number, concertId, request, response: resultOf.response, sentAt, answeredAt: performance.now() });
    return resultOf;
  }
}
