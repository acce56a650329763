import { concertsOf, type History, logOf } from './history.ts';
import { type ModelQueue, modelQueues } from './model.ts';

/** A history, with the model of each queue. */
export interface RecordedState {
  readonly history: History;
  readonly concerts: readonly string[];
  /** The queue after each of its records, by the model. */
  readonly model: (concertId: string) => readonly ModelQueue[];
}

/** Checks one promise. Returns a description of each violation. */
export type Check = (recorded: RecordedState) => readonly string[];

export function recordedStateOf(history: History): RecordedState {
  const concerts = concertsOf(history);
  const models = new Map(concerts.map((concertId) => [concertId, modelQueues(logOf(history, concertId))]));
  return { history, concerts, model: (concertId) => models.get(concertId) ?? [] };
}
