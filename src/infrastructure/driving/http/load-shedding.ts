import type { FastifyInstance } from 'fastify';
import { QueueError } from '../../../application/errors.ts';
import { isProbe } from './request-limit.hooks.ts';

const SAMPLE_INTERVAL_MS = 200;
/** A timer that fires later than this counts as late. */
const MAX_DELAY_MS = 800;
/** A single late timer is a pause of the machine; this many in a row mean that the process is overloaded. */
const MAX_LATE_IN_A_ROW = 3;

/** Detects an overloaded event loop: several samples in a row were late. A single sample on time ends the overload. */
export class EventLoopMonitor {
  #lateInARow = 0;
  #dueAt: number;

  /** @param now monotonic milliseconds */
  constructor(private readonly now: () => number = () => performance.now()) {
    this.#dueAt = now() + SAMPLE_INTERVAL_MS;
  }

  /** Call every `SAMPLE_INTERVAL_MS` from a timer. */
  sample(): void {
    const now = this.now();
    this.#lateInARow = now - this.#dueAt > MAX_DELAY_MS ? this.#lateInARow + 1 : 0;
    this.#dueAt = now + SAMPLE_INTERVAL_MS;
  }

  get isOverloaded(): boolean {
    return this.#lateInARow >= MAX_LATE_IN_A_ROW;
  }
}

/** Rejects requests while the event loop is overloaded. */
export function registerLoadShedding(fastify: FastifyInstance, monitor = new EventLoopMonitor()): void {
  const timer = setInterval(() => monitor.sample(), SAMPLE_INTERVAL_MS).unref();
  fastify.addHook('onClose', (_instance, done) => {
    clearInterval(timer);
    done();
  });
  fastify.addHook('onRequest', (request, _reply, proceed) => {
    if (monitor.isOverloaded && !isProbe(request))
      proceed(new QueueError('OVERLOADED', 'The event loop of this process is late.'));
    else proceed();
  });
}
