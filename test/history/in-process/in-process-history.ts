import { setTimeout as pause } from 'node:timers/promises';
import { canonicalState } from '../../../src/domain/canonical-state.ts';
import { foldedHistory } from '../folded-history.ts';
import type { History, Logged, Position, Stored } from '../history.ts';
import { type CrowdReport, type Size, sendCrowd } from '../simulated-users.ts';
import { InProcessDoor } from './in-process-api-driver.ts';
import { InProcessSystem } from './in-process-system.ts';

const PROJECTED_WITHIN_MS = 1_000;

/** Lets a crowd at a system in this process, with bytes in its log that nobody can read, and writes down what came of it. */
export async function inProcessHistory(seed: number, size: Size): Promise<History> {
  const system = await new InProcessSystem().start();
  try {
    const rubbish = async (): Promise<void> => {
      await pause(size.forMs / 2);
      const { writer, partitions } = system.file;
      const record = { key: Buffer.from('somebody'), value: Buffer.from('not an event') };
      for (let partition = 0; partition < partitions; partition++) await writer.write('record', partition, [record]);
    };
    const report = await sendCrowd(new InProcessDoor(system), seed, size, rubbish);
    return await historyOf(system, seed, report);
  } finally {
    await system.stop();
  }
}

async function historyOf(system: InProcessSystem, seed: number, { calls }: CrowdReport): Promise<History> {
  const lag = await lagOf(system);
  const { log, unreadable } = read(system);
  const stored = new Map<string, Stored>();
  for (const concertId of new Set(calls.map((call) => call.concertId))) {
    const [loaded, part] = await Promise.all([system.view.load(concertId), system.inspector.part(concertId)]);
    if (!loaded || typeof part === 'string') continue;
    const { snapshot, head } = loaded;
    stored.set(concertId, {
      offset: head.offset,
      canonical: canonicalState(snapshot),
      entries: [...snapshot.entries],
      disqualified: [...snapshot.disqualified],
      waiting: [...part.waiting.keys()],
    });
  }
  const deadLetters = await lettersOf(system);
  const folded = foldedHistory(log, stored);
  return { seed, calls, log, unreadable, deadLetters, stored, folded, lag, outages: [] };
}

async function lettersOf({ deadLetters, file }: InProcessSystem): Promise<Position[]> {
  const letters: Position[] = [];
  for (let partition = 0; partition < file.partitions; partition++)
    for (const offset of (await deadLetters.of(partition)).keys()) letters.push({ partition, offset });
  return letters;
}

/** Records that are not projected, after a while. */
async function lagOf({ file, view }: InProcessSystem): Promise<number> {
  const missing = async (): Promise<number> => {
    let lag = 0;
    for (let partition = 0; partition < file.partitions; partition++) {
      const record = await view.partition(partition);
      lag += file.writer.end('record', partition) - 1 - (record?.offset ?? -1);
    }
    return lag;
  };
  const end = performance.now() + PROJECTED_WITHIN_MS;
  while ((await missing()) > 0 && performance.now() < end) await pause(20);
  return missing();
}

function read({ file, codec }: InProcessSystem): { log: Logged[]; unreadable: Position[] } {
  const logged: Logged[] = [];
  const unreadable: Position[] = [];
  for (let partition = 0; partition < file.partitions; partition++) {
    for (const { offset, timestamp, value } of file.stream('record').read(partition, 0, Number.MAX_SAFE_INTEGER)) {
      try {
        logged.push({ partition, offset, timestamp, event: codec.decode(value) });
      } catch {
        unreadable.push({ partition, offset }); // what it is told of is judged by P8
      }
    }
  }
  return { log: logged, unreadable };
}
