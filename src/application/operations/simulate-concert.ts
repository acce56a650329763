import type { Policy } from '../../domain/events.generated.ts';
import type { ConcertId, LogTime, Offset } from '../../domain/types.ts';
import { QueueError } from '../errors.ts';
import type { ReplayPorts } from '../projection/partition-history.ts';
import type { EntryTimeline } from './entry-timelines.ts';
import { foldConcert, type LogPointInTime } from './fold-concert.ts';
import { RecordedRun } from './recorded-run.ts';
import { Simulation } from './simulation.ts';
import { type WaitingTimes, waitingTimes } from './waiting-times.ts';

export interface SimulationReport {
  readonly concertId: ConcertId;
  /** The last policy of the record, and the one of the simulation. */
  readonly recordedPolicy: Policy;
  readonly policy: Policy;
  readonly seed: number;
  readonly recorded: WaitingTimes;
  readonly simulated: WaitingTimes;
  /** All users who requested entry, in the order of receipts. */
  readonly entries: readonly SimulatedEntry[];
}

export interface SimulatedEntry {
  readonly offset: Offset;
  /** Log time from which the user waited in the record. */
  readonly waitsFrom: LogTime;
  readonly recorded: EntryTimeline | undefined;
  readonly simulated: EntryTimeline | undefined;
}

/**
 * Folds the recorded requests of a queue again under another policy, with the decisions of admission control itself.
 *
 * @param changes to the recorded policy; none: the record again
 * @throws QueueError `CONCERT_NOT_FOUND` when it was never configured
 */
export async function simulateConcert(
  ports: ReplayPorts,
  concertId: ConcertId,
  changes: Partial<Policy>,
  seed: number,
  until?: LogPointInTime,
): Promise<SimulationReport> {
  const run = new RecordedRun();
  const { queue } = await foldConcert(ports, concertId, until, (folded) => run.note(folded));
  if (!queue) throw new QueueError('CONCERT_NOT_FOUND', `The log has never configured ${concertId}.`);
  return { concertId, seed, recordedPolicy: queue.policy, ...compareRuns(run, changes, seed, queue.policy) };
}

function compareRuns(run: RecordedRun, changes: Partial<Policy>, seed: number, otherwise: Policy) {
  const simulation = new Simulation(run, changes, seed);
  const policy = simulation.run()?.policy ?? otherwise;
  const offsets = new Set([...run.visits.byReceipt.keys(), ...simulation.visits.byReceipt.keys()]);
  const entries = [...offsets]
    .toSorted((a, b) => a - b)
    .map((offset) => {
      const [recorded, simulated] = [run.visits.byReceipt.get(offset), simulation.visits.byReceipt.get(offset)];
      return { offset, waitsFrom: recorded?.waitsFrom ?? simulated?.waitsFrom ?? 0, recorded, simulated };
    });
  return { policy, recorded: waitingTimes(run.visits), simulated: waitingTimes(simulation.visits), entries };
}
