/** More than one process thinks that it is the one that admits. */
import { join } from 'node:path';
import type { Cell } from '../fault-case.ts';

const PAST_THE_SESSION_MS = 9_000;
const OF_ANOTHER_GROUP = `--import ${join(import.meta.dirname, '..', 'preloads', 'other-group.mjs')}`;

export const ADMITTERS: readonly Cell[] = [
  {
    fault: 'two admission controllers, each the owner of every partition',
    phase: 'before send',
    sender: 'projector',
    lastsMs: 5_000,
    cause: async (scene, caught) => {
      const rogue = await scene.launch('projector', { NODE_OPTIONS: OF_ANOTHER_GROUP, KAFKA_CLIENT_ID: 'rogue' });
      await rogue.ready();
      scene.besides.push(rogue);
      caught.pass(); // decided before the other came, appended after
    },
    heal: async ({ besides: [rogue] }) => rogue?.kill9(),
  },
  {
    fault: 'admission control stopped between decision and send, another owner takes over',
    phase: 'before send',
    sender: 'projector',
    setting: { standbys: 1 },
    lastsMs: PAST_THE_SESSION_MS,
    cause: async (scene) => scene.projector.pause(),
    heal: async (scene, caught) => {
      caught.pass();
      scene.projector.resume();
    },
  },
];
