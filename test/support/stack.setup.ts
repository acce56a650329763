/** Before the tests on real servers: the local stack runs, and its addresses are in the environment of every worker. */
import { up } from '../../tools/stack/local-stack.ts';
import { applicationSettings, stackSettings } from '../../tools/stack/settings.ts';

/** Tells the tear-down whether the stack is this run's own. */
export const STARTED_HERE = 'STACK_STARTED_BY_TESTS';

export default async function setUp(): Promise<void> {
  const settings = stackSettings();
  const components = await up(settings);
  process.env[STARTED_HERE] = String(components.every(({ started }) => started));
  Object.assign(process.env, applicationSettings(settings));
}
