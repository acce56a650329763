/** Several projectors run admission control at the same time. */
import { join } from 'node:path';
import type { FaultCase } from '../fault-case.ts';

const BEYOND_SESSION_MS = 9_000;
const JOIN_OTHER_GROUP = `--import ${join(import.meta.dirname, '..', 'preloads', 'other-group.mjs')}`;

export const ADMISSION_CONTROL_CASES: readonly FaultCase[] = [
  {
    fault: 'two admission controllers, each the owner of every partition',
    phase: 'before send',
    sender: 'projector',
    lastsMs: 5_000,
    cause: async (environment, held) => {
      const intruder = await environment.launch('projector', {
        NODE_OPTIONS: JOIN_OTHER_GROUP,
        KAFKA_CLIENT_ID: 'rogue',
      });
      await intruder.ready();
      environment.otherProcesses.push(intruder);
      held.pass(); // decided before the other projector started, appended after
    },
    heal: async ({ otherProcesses: [intruder] }) => intruder?.kill9(),
  },
  {
    fault: 'admission control stopped between decision and send, another owner takes over',
    phase: 'before send',
    sender: 'projector',
    setup: { standbys: 1 },
    lastsMs: BEYOND_SESSION_MS,
    cause: async (environment) => environment.projector.pause(),
    heal: async (environment, held) => {
      held.pass();
      environment.projector.resume();
    },
  },
];
