// The local stack as the launcher sees it: up, its settings, and down again if it was this run that started it.
import { answer, ended, launch, NODE } from './run.mjs';

const STACK = 'tools/stack/stack.ts';

/** Brings the stack up; answers its settings and how to end what this run started. */
export async function bringUpStack() {
  const up = await answer(NODE, [STACK, 'up', '--json']);
  if (up.status !== 0) throw new Error('The local stack did not start.');
  const startedHere = JSON.parse(up.output).every(({ started }) => started);
  const env = await answer(NODE, [STACK, 'env', '--json']);
  if (env.status !== 0) throw new Error('The local stack does not answer.');
  return {
    settings: JSON.parse(env.output),
    end: async () => {
      if (!startedHere) return;
      console.log('Ending the local stack.');
      // In a group of its own: a second Ctrl-C does not interrupt it half-way.
      await ended(launch(NODE, [STACK, 'down'], { detached: true }));
    },
  };
}
