/** The schema registry is away: for processes that run, and for those that start. */
import type { Cell } from '../fault-case.ts';

const warm: Omit<Cell, 'phase'> = {
  fault: 'schema registry down, processes running',
  cause: async ({ registryProxy }, caught) => {
    registryProxy.cut();
    caught.pass();
  },
  heal: async ({ registryProxy }) => registryProxy.pass(),
};

export const REGISTRIES: readonly Cell[] = [
  { ...warm, phase: 'before send' },
  { ...warm, phase: 'after apply, before commit' },
  {
    fault: 'schema registry down while the API starts',
    phase: 'before send',
    breaksApi: true,
    lastsMs: 5_000,
    cause: async (scene, caught) => {
      scene.registryProxy.cut();
      await scene.api.kill9();
      caught.drop();
      scene.enterBy(await scene.launch('api'));
    },
    heal: async ({ registryProxy, api }) => {
      registryProxy.pass();
      await api.ready();
    },
  },
  {
    fault: 'schema registry down while the projector starts',
    phase: 'after apply, before commit',
    isDark: true,
    lastsMs: 5_000,
    cause: async (scene, caught) => {
      scene.registryProxy.cut();
      await scene.projector.kill9();
      caught.drop();
      scene.projector = await scene.launch('projector');
    },
    heal: async ({ registryProxy, projector }) => {
      registryProxy.pass();
      await projector.ready();
    },
  },
];
