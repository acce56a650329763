import type { FastifyRequest, onRequestHookHandler } from 'fastify';

/** A check of a request as a Fastify hook. Waits only for what is a promise: most checks judge at once. */
export function toHook(check: (request: FastifyRequest) => void | Promise<void>): onRequestHookHandler {
  return (request, _reply, proceed) => {
    const refuse = (error: unknown): void => proceed(asError(error));
    try {
      const checked = check(request);
      if (checked) checked.then(() => proceed(), refuse);
      else proceed();
    } catch (error) {
      refuse(error);
    }
  };
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error('refused', { cause: error });
}
