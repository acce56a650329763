/** Processes of the product are killed, stopped or suspended. */
import type { FaultCase } from '../fault-case.ts';

/** The session timeout is 6 s. */
const BEYOND_SESSION_MS = 9_000;

const killApi: Omit<FaultCase, 'phase'> = {
  fault: 'kill -9 API',
  breaksApi: true,
  lastsMs: 500,
  cause: async (environment, held) => {
    await environment.api.kill9();
    held.drop();
  },
  heal: (environment) => environment.startApi(),
};

export const PROCESS_CASES: readonly FaultCase[] = [
  { ...killApi, phase: 'before send' },
  { ...killApi, phase: 'after append, before ack', short: true },
  {
    fault: 'kill -9 projector',
    phase: 'after apply, before commit',
    short: true,
    outage: true,
    lastsMs: 2_000,
    cause: async (environment, held) => {
      await environment.projector.kill9();
      held.drop();
    },
    heal: (environment) => environment.startProjector(),
  },
  {
    fault: 'SIGTERM projector',
    phase: 'after apply, before commit',
    outage: true,
    lastsMs: 2_000,
    cause: async (environment, held) => {
      const expectCleanExit = environment.projector.stop();
      held.pass();
      const { status, signal } = await expectCleanExit;
      if (status !== 0) throw new Error(`the projector ended with ${signal ?? status}`);
    },
    heal: (environment) => environment.startProjector(),
  },
  {
    fault: 'SIGSTOP projector past its session, then CONT',
    phase: 'after apply, before commit',
    outage: true,
    lastsMs: BEYOND_SESSION_MS,
    cause: async (environment, held) => {
      environment.projector.pause();
      held.pass();
    },
    heal: async (environment) => environment.projector.resume(),
  },
];
