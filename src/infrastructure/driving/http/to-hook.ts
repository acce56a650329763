import type { FastifyRequest, onRequestHookHandler } from 'fastify';

/** Turns a check of a request into a Fastify hook. Most checks are synchronous, and the hook does not wait for those. */
export function toHook(check: (request: FastifyRequest) => void | Promise<void>): onRequestHookHandler {
  return (request, _reply, proceed) => {
    const reject = (error: unknown): void => proceed(asError(error));
    try {
      const pending = check(request);
      if (pending) pending.then(() => proceed(), reject);
      else proceed();
    } catch (error) {
      reject(error);
    }
  };
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error('the check failed', { cause: error });
}
