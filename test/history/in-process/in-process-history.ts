import { setTimeout as pause } from 'node:timers/promises';
import { canonicalState } from '../../../src/domain/canonical-state.ts';
import { foldedHistory } from '../folded-history.ts';
import type { History, LoggedRecord, Position, Stored } from '../history.ts';
import { type SimulationParameters, type SimulationReport, simulateUsers } from '../simulated-users.ts';
import { InProcessApiDriver } from './in-process-api-driver.ts';
import { InProcessSystem } from './in-process-system.ts';

const PROJECTED_WITHIN_MS = 1_000;

/** Runs simulated users on a system in this process, with unreadable records in its log, and reads the history. */
export async function inProcessHistory(seed: number, parameters: SimulationParameters): Promise<History> {
  const system = await new InProcessSystem().start();
  try {
    const unreadable = async (): Promise<void> => {
      await pause(parameters.forMs / 2);
      const { writer, partitions } = system.file;
      const record = { key: Buffer.from('unknown'), value: Buffer.from('not an event') };
      for (let partition = 0; partition < partitions; partition++) await writer.write('record', partition, [record]);
    };
    const report = await simulateUsers(new InProcessApiDriver(system), seed, parameters, unreadable);
    return await historyOf(system, seed, report);
  } finally {
    await system.stop();
  }
}

async function historyOf(system: InProcessSystem, seed: number, { calls }: SimulationReport): Promise<History> {
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

/** Records not projected within the deadline. */
async function lagOf({ file, view }: InProcessSystem): Promise<number> {
  const lagNow = async (): Promise<number> => {
    let lag = 0;
    for (let partition = 0; partition < file.partitions; partition++) {
      const record = await view.partition(partition);
      lag += file.writer.end('record', partition) - 1 - (record?.offset ?? -1);
    }
    return lag;
  };
  const end = performance.now() + PROJECTED_WITHIN_MS;
  while ((await lagNow()) > 0 && performance.now() < end) await pause(20);
  return lagNow();
}

function read({ file, codec }: InProcessSystem): { log: LoggedRecord[]; unreadable: Position[] } {
  const record: LoggedRecord[] = [];
  const unreadable: Position[] = [];
  for (let partition = 0; partition < file.partitions; partition++) {
    for (const { offset, timestamp, value } of file.stream('record').read(partition, 0, Number.MAX_SAFE_INTEGER)) {
      try {
        record.push({ partition, offset, timestamp, event: codec.decode(value) });
      } catch {
        unreadable.push({ partition, offset }); // checked by P8
      }
    }
  }
  return { log: record, unreadable };
}
