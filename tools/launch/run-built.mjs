// Runs a program that needs the build, with the arguments it was given; answers its exit status.
import { buildIfStale } from './build.mjs';
import { ended, launch, NODE } from './run.mjs';

export async function runBuilt(program, args) {
  await buildIfStale();
  const child = launch(NODE, [program, ...args], { stdio: 'inherit' });
  // A Ctrl-C reaches the program too: it ends itself, and we with it.
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
  return ended(child);
}
