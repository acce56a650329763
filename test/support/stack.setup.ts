/** Starts the local stack before the tests and puts its addresses into the environment of every worker. */
import { up } from '../../tools/stack/local-stack.ts';
import { applicationSettings, stackSettings } from '../../tools/stack/settings.ts';

/** Whether this run started the stack; read by the teardown. */
export const STARTED_HERE = 'STACK_STARTED_BY_TESTS';

export default async function setUp(): Promise<void> {
  const settings = stackSettings();
  const components = await up(settings);
  process.env[STARTED_HERE] = String(components.every(({ started }) => started));
  Object.assign(process.env, applicationSettings(settings));
}
