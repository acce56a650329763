import { AsyncLocalStorage } from 'node:async_hooks';

/** Belongs to a request, from the API to the records that it appends. */
export interface RequestContext {
  /** Appears in the response, in the logs of every process, and in the records. */
  readonly requestId: string;
  /** The operator who sent the request. */
  readonly actor?: string | undefined;
}

/** Headers that name the origin of a record. The fold does not read them. */
export const REQUEST_ID = 'request-id';
export const ACTOR = 'actor';

const MAX_ACTOR_LENGTH = 200;
const context = new AsyncLocalStorage<RequestContext>();

/** Runs `work` in the context of a request. */
export function runInContext<T>(request: RequestContext, work: () => T): T {
  return context.run(request, work);
}

/** The headers of the current request; undefined outside of a request, as in admission control. */
export function provenanceHeaders(): Readonly<Record<string, string>> | undefined {
  const request = context.getStore();
  if (!request) return undefined;
  const { requestId, actor } = request;
  return actor === undefined
    ? { [REQUEST_ID]: requestId }
    : { [REQUEST_ID]: requestId, [ACTOR]: actor.slice(0, MAX_ACTOR_LENGTH) };
}

type Headers = Readonly<Record<string, Buffer | string | undefined>>;

/** The operator who caused the record; undefined for records of users and of admission control. */
export function actorOf(headers: Headers): string | undefined {
  return headers[ACTOR]?.toString();
}

export function requestIdOf(headers: Headers): string | undefined {
  return headers[REQUEST_ID]?.toString();
}
