/** The schema registry is unavailable for running and for starting processes. */
import type { FaultCase } from '../fault-case.ts';

const warm: Omit<FaultCase, 'phase'> = {
  fault: 'schema registry down, processes running',
  cause: async ({ registryProxy }, held) => {
    registryProxy.cut();
    held.pass();
  },
  heal: async ({ registryProxy }) => registryProxy.pass(),
};

export const REGISTRY_CASES: readonly FaultCase[] = [
  { ...warm, phase: 'before send' },
  { ...warm, phase: 'after apply, before commit' },
  {
    fault: 'schema registry down while the API starts',
    phase: 'before send',
    breaksApi: true,
    lastsMs: 5_000,
    cause: async (environment, held) => {
      environment.registryProxy.cut();
      await environment.api.kill9();
      held.drop();
      environment.useApi(await environment.launch('api'));
    },
    heal: async ({ registryProxy, api }) => {
      registryProxy.pass();
      await api.ready();
    },
  },
  {
    fault: 'schema registry down while the projector starts',
    phase: 'after apply, before commit',
    outage: true,
    lastsMs: 5_000,
    cause: async (environment, held) => {
      environment.registryProxy.cut();
      await environment.projector.kill9();
      held.drop();
      environment.projector = await environment.launch('projector');
    },
    heal: async ({ registryProxy, projector }) => {
      registryProxy.pass();
      await projector.ready();
    },
  },
];
