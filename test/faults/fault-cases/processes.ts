/** The product's own processes die, are ended, or are held. */
import type { Cell } from '../fault-case.ts';

/** A session is 6 s. */
const PAST_THE_SESSION_MS = 9_000;

const killApi: Omit<Cell, 'phase'> = {
  fault: 'kill -9 API',
  breaksApi: true,
  lastsMs: 500,
  cause: async (scene, caught) => {
    await scene.api.kill9();
    caught.drop();
  },
  heal: (scene) => scene.startApi(),
};

export const PROCESSES: readonly Cell[] = [
  { ...killApi, phase: 'before send' },
  { ...killApi, phase: 'after append, before ack', short: true },
  {
    fault: 'kill -9 projector',
    phase: 'after apply, before commit',
    short: true,
    isDark: true,
    lastsMs: 2_000,
    cause: async (scene, caught) => {
      await scene.projector.kill9();
      caught.drop();
    },
    heal: (scene) => scene.startProjector(),
  },
  {
    fault: 'SIGTERM projector',
    phase: 'after apply, before commit',
    isDark: true,
    lastsMs: 2_000,
    cause: async (scene, caught) => {
      const ended = scene.projector.stop();
      caught.pass();
      const { status, signal } = await ended;
      if (status !== 0) throw new Error(`the projector ended with ${signal ?? status}`);
    },
    heal: (scene) => scene.startProjector(),
  },
  {
    fault: 'SIGSTOP projector past its session, then CONT',
    phase: 'after apply, before commit',
    isDark: true,
    lastsMs: PAST_THE_SESSION_MS,
    cause: async (scene, caught) => {
      scene.projector.pause();
      caught.pass();
    },
    heal: async (scene) => scene.projector.resume(),
  },
];
