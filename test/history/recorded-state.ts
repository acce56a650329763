import { concertsOf, type History, logOf } from './history.ts';
import { type Moment, momentsOf } from './model.ts';

/** A history, and what the model makes of its log. */
export interface Evidence {
  readonly history: History;
  readonly concerts: readonly string[];
  /** The moments of a concert. */
  readonly model: (concertId: string) => readonly Moment[];
}

/** Judges one promise: gives what speaks against it, in words. */
export type Check = (evidence: Evidence) => readonly string[];

export function evidenceOf(history: History): Evidence {
  const concerts = concertsOf(history);
  const models = new Map(concerts.map((concertId) => [concertId, momentsOf(logOf(history, concertId))]));
  return { history, concerts, model: (concertId) => models.get(concertId) ?? [] };
}
