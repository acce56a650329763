import { AsyncLocalStorage } from 'node:async_hooks';

/** Of a request, from the door to the records that come of it. */
export interface RequestContext {
  /** One id for the answer, the lines of every process's log, and the records. */
  readonly requestId: string;
  /** The operator whose act this is. */
  readonly actor?: string | undefined;
}

/** Names of the headers by which a record says what it came of. Nothing that folds reads them. */
export const REQUEST_ID = 'request-id';
export const ACTOR = 'actor';

const LONGEST_ACTOR = 200;
const context = new AsyncLocalStorage<RequestContext>();

/** Does all of this on behalf of a request. */
export function runInContext<T>(request: RequestContext, work: () => T): T {
  return context.run(request, work);
}

/** The headers of a record that is appended now; undefined outside of any request, as for what admission control decides. */
export function provenanceHeaders(): Readonly<Record<string, string>> | undefined {
  const request = context.getStore();
  if (!request) return undefined;
  const { requestId, actor } = request;
  return actor === undefined
    ? { [REQUEST_ID]: requestId }
    : { [REQUEST_ID]: requestId, [ACTOR]: actor.slice(0, LONGEST_ACTOR) };
}

type Headers = Readonly<Record<string, Buffer | string | undefined>>;

/** Who is said to have done it: operators' acts alone name somebody. */
export function actorOf(headers: Headers): string | undefined {
  return headers[ACTOR]?.toString();
}

export function requestIdOf(headers: Headers): string | undefined {
  return headers[REQUEST_ID]?.toString();
}
