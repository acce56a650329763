import type { FastifyInstance } from 'fastify';
import { QueueError } from '../../../application/errors.ts';
import { isProbe } from './request-limit.hooks.ts';

const LOOKED_AT_EVERY_MS = 200;
/** A turn of the event loop that takes so long makes callers wait in vain. */
const LATE_MS = 800;
/** One late turn is a pause of the machine; so many in a row are more work than this process can do. */
const IN_A_ROW = 3;

/**
 * Whether this process cannot keep up with its own work: the event loop has come late to the same appointment again and again.
 * A single turn on time ends it.
 */
export class EventLoopMonitor {
  #late = 0;
  #due: number;

  constructor(private readonly now: () => number = () => performance.now()) {
    this.#due = now() + LOOKED_AT_EVERY_MS;
  }

  /** To be called by a timer of `LOOKED_AT_EVERY_MS`. */
  look(): void {
    const now = this.now();
    this.#late = now - this.#due > LATE_MS ? this.#late + 1 : 0;
    this.#due = now + LOOKED_AT_EVERY_MS;
  }

  get isOverloaded(): boolean {
    return this.#late >= IN_A_ROW;
  }
}

/** Refuses requests at once while this process cannot keep up. */
export function registerLoadShedding(fastify: FastifyInstance, pressure = new EventLoopMonitor()): void {
  const timer = setInterval(() => pressure.look(), LOOKED_AT_EVERY_MS).unref();
  fastify.addHook('onClose', (_instance, done) => {
    clearInterval(timer);
    done();
  });
  fastify.addHook('onRequest', (request, _reply, proceed) => {
    if (pressure.isOverloaded && !isProbe(request))
      proceed(new QueueError('OVERLOADED', 'This process is behind with its work.'));
    else proceed();
  });
}
