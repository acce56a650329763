import { setTimeout as pause } from 'node:timers/promises';
import { canonicalState } from '../../../src/domain/canonical-state.ts';
import { type CrowdReport, type Size, sendCrowd } from '../crowd.ts';
import { foldedHistory } from '../folded-history.ts';
import type { History, Logged, Position, Stored } from '../history.ts';
import { InProcessDoor } from './in-process-door.ts';
import { InProcessSystem } from './in-process-system.ts';

const PROJECTED_WITHIN_MS = 1_000;

/** Lets a crowd at a system in memory, with bytes in its log that nobody can read, and writes down what came of it. */
export async function inProcessHistory(seed: number, size: Size): Promise<History> {
  const system = await new InProcessSystem().start();
  try {
    const rubbish = async (): Promise<void> => {
      await pause(size.forMs / 2);
      for (let partition = 0; partition < system.log.partitions; partition++)
        system.log.put(partition, Buffer.from('somebody'), Buffer.from('not an event'));
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
    const loaded = await system.view.load(concertId);
    if (!loaded) continue;
    const { snapshot, head } = loaded;
    stored.set(concertId, {
      offset: head.offset,
      canonical: canonicalState(snapshot),
      lives: [...snapshot.lives],
      barred: [...snapshot.barred],
      waiting: system.view.line(concertId),
    });
  }
  const deadLetters = system.deadLetters.letters.map(({ partition, offset }) => ({ partition, offset }));
  const folded = foldedHistory(log, stored);
  return { seed, calls, log, unreadable, deadLetters, stored, folded, lag, outages: [] };
}

/** Records that are not projected, after a while. */
async function lagOf({ log, view }: InProcessSystem): Promise<number> {
  const missing = async (): Promise<number> => {
    let lag = 0;
    for (let partition = 0; partition < log.partitions; partition++) {
      const record = await view.partition(partition);
      lag += log.records(partition).length - 1 - (record?.checkpoint ?? -1);
    }
    return lag;
  };
  const end = performance.now() + PROJECTED_WITHIN_MS;
  while ((await missing()) > 0 && performance.now() < end) await pause(20);
  return missing();
}

function read({ log, codec }: InProcessSystem): { log: Logged[]; unreadable: Position[] } {
  const logged: Logged[] = [];
  const unreadable: Position[] = [];
  for (let partition = 0; partition < log.partitions; partition++) {
    for (const { offset, stamp, value } of log.records(partition)) {
      try {
        logged.push({ partition, offset, stamp, event: codec.decode(value) });
      } catch {
        unreadable.push({ partition, offset }); // what it is told of is judged by P8
      }
    }
  }
  return { log: logged, unreadable };
}
