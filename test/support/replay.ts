import type { Operations } from '../../src/application/operations/operations.ts';
import type { PartitionVerdict } from '../../src/application/operations/verify-projections.ts';
import { loadBackend } from '../../src/composition/load-backend.ts';
import { readSettings } from '../../src/config/settings.ts';
import { command } from './command-line.ts';
import type { Installation } from './installation.ts';

const silent = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

/** The read-only tools of an installation, as the command line builds them. */
export async function withReplay<T>(installation: Installation, work: (tools: Operations) => Promise<T>): Promise<T> {
  const backend = await loadBackend(readSettings(installation.settings), silent);
  return backend.withOperations(work);
}

/** The results of `projections verify` for each partition. */
export function verifyAll(installation: Installation, concertId?: string): Promise<readonly PartitionVerdict[]> {
  return withReplay(installation, async (tools) => {
    const verdicts: PartitionVerdict[] = [];
    for await (const verdict of (await tools.verify()).run(concertId)) verdicts.push(verdict);
    return verdicts;
  });
}

/** Like `verifyAll`, in a separate process: a long fold would block the process of the test. */
export async function verifyApart(
  installation: Installation,
  concertId?: string,
): Promise<readonly PartitionVerdict[]> {
  const only = concertId === undefined ? [] : ['--concert', concertId];
  const { status, out, err } = await command(installation, 'projections', 'verify', ...only, '--json');
  if (err !== '' || status === null) throw new Error(`projections verify ended with ${status}: ${err}`);
  const { partitions }: { partitions: PartitionVerdict[] } = JSON.parse(out);
  return partitions;
}
