import type { ReplayTools } from '../../src/application/replay/replay-tools.ts';
import type { PartitionVerdict } from '../../src/application/replay/verify-projections.ts';
import { readSettings } from '../../src/infrastructure/config/settings.ts';
import { replayTools } from '../../src/replay-tools.ts';
import type { Installation } from './installation.ts';

const silent = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

/** The tools of replay on an installation, as the command line puts them together. */
export function withReplay<T>(installation: Installation, work: (tools: ReplayTools) => Promise<T>): Promise<T> {
  return replayTools(readSettings(installation.settings), silent)(work);
}

/** What `projections verify` finds, partition by partition. */
export function verifyAll(installation: Installation, concertId?: string): Promise<readonly PartitionVerdict[]> {
  return withReplay(installation, async (tools) => {
    const verdicts: PartitionVerdict[] = [];
    for await (const verdict of (await tools.verify()).run(concertId)) verdicts.push(verdict);
    return verdicts;
  });
}
