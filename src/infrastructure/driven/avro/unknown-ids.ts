import { UndecodableError } from '../../../application/ports/event-codec.port.ts';

/** A new id may reach a reader before every node of the registry has it, so an id is unknown only after this time. */
const UNKNOWN_AFTER_MS = 30_000;
/** Interval of lookups of an unknown id. */
const LOOKUP_INTERVAL_MS = 5_000;
/** After this time without a lookup, the missing id starts anew: it may have been assigned. */
const FORGET_AFTER_MS = 60_000;
/** Ids come from bytes of the log, which may be garbage. */
const MAX_MISSING = 1_000;

interface MissingId {
  readonly since: number;
  readonly latest: number;
}

/** The ids that the registry does not know. */
export class UnknownIds {
  readonly #missing = new Map<number, MissingId>();

  constructor(private readonly now: () => number) {}

  /** The error for an id that is unknown, if no lookup is due. */
  unknown(id: number): UndecodableError | undefined {
    const missing = this.#missing.get(id);
    return missing && isUnknown(missing) && this.now() - missing.latest < LOOKUP_INTERVAL_MS
      ? unknownSchema(id)
      : undefined;
  }

  /** Records a lookup without a result. @returns the error: UndecodableError `UNKNOWN_SCHEMA` after 30 s */
  record(id: number): Error {
    const latest = this.now();
    const previous = this.#missing.get(id);
    const missing = { since: previous && latest - previous.latest < FORGET_AFTER_MS ? previous.since : latest, latest };
    this.#missing.delete(id); // inserted again, so that the Map is ordered by `latest`
    this.#missing.set(id, missing);
    const [oldest] = this.#missing.keys();
    if (this.#missing.size > MAX_MISSING && oldest !== undefined) this.#missing.delete(oldest);
    return isUnknown(missing) ? unknownSchema(id) : new Error(`The schema registry does not know schema ${id} yet`);
  }

  delete(id: number): void {
    this.#missing.delete(id);
  }
}

function isUnknown({ since, latest }: MissingId): boolean {
  return latest - since >= UNKNOWN_AFTER_MS;
}

function unknownSchema(id: number): UndecodableError {
  return new UndecodableError('UNKNOWN_SCHEMA', `The schema registry does not know schema ${id}.`);
}
