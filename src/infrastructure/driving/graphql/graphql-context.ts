import type { Caller } from '../../../application/ports/authentication.port.ts';

/** What a resolver knows of the caller. */
export interface GraphqlContext {
  /** The header, or the connection parameter of the same name. */
  readonly authorization: string | undefined;
  readonly caller: Caller;
  /** The user against whose limit this request counted already; cleared by the first use case of that user. */
  countedUser?: string | undefined;
}
