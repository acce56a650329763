/** The local stack, whatever it is made of: containers where a Docker engine answers, else processes of this machine. */
import { composeDown, composeStatus, composeUp, dockerAnswers, isInContainers } from './compose-stack.ts';
import {
  type ComponentStarted,
  type ComponentStatus,
  line,
  nativeDown,
  nativeStatus,
  nativeUp,
  type Say,
} from './native-stack.ts';
import type { StackSettings } from './settings.ts';

export interface UpOptions {
  /** Processes even where Docker answers; also by STACK_NATIVE=1. */
  readonly native?: boolean;
  readonly say?: Say;
}

/** Starts what does not run yet and resolves when every component answers. Says one line per component. */
export async function up(settings: StackSettings, options: UpOptions = {}): Promise<readonly ComponentStarted[]> {
  const { say = quiet, native = process.env['STACK_NATIVE'] === '1' } = options;
  const runsNatively = (await nativeStatus(settings)).some(({ state }) => state !== 'stopped');
  if (native || runsNatively || !dockerAnswers()) return nativeUp(settings, say);
  const components = await composeUp(settings);
  for (const component of components) say(line(component, `${component.state} in a container`));
  return components;
}

/** Ends what `up` started; the data stays. */
export async function down(settings: StackSettings, say: Say = quiet): Promise<readonly ComponentStatus[]> {
  if (!isInContainers(settings)) return nativeDown(settings, say);
  const components = await composeDown(settings);
  for (const component of components) say(line(component, component.state));
  return components;
}

export function status(settings: StackSettings): Promise<readonly ComponentStatus[]> {
  return isInContainers(settings) ? composeStatus(settings) : nativeStatus(settings);
}

const quiet: Say = () => undefined;
