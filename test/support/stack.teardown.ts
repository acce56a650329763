/** Stops the stack if this run started it. */
import { down } from '../../tools/stack/local-stack.ts';
import { stackSettings } from '../../tools/stack/settings.ts';
import { STARTED_HERE } from './stack.setup.ts';

export default async function tearDown(): Promise<void> {
  if (process.env[STARTED_HERE] === 'true') await down(stackSettings());
}
