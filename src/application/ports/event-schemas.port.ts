/** The schemas of the log's events, which are its public language: kept in the project, checked, and told to the registry. */
export interface EventSchemas {
  /** Today's schemas against every released version, offline. @throws Error when the files cannot be read */
  check(): readonly SchemaFinding[];
  /** Today's schemas against every version that the registry holds, by its judgement and by ours. Rejects while it is away. */
  checkAgainstRegistry(): Promise<readonly SchemaFinding[]>;
  /**
   * Registers what is not registered yet, always at FULL_TRANSITIVE. To be run by one process at a time; safe to repeat.
   * @returns record -> schema id
   * @throws FatalError when the registry refuses a schema; any other error is worth a retry (registry away)
   */
  register(): Promise<ReadonlyMap<string, number>>;
}
export const EventSchemas = Symbol('EventSchemas');

/** Which promise of the schemas is broken, or in a `note` merely worth knowing. */
export type SchemaRule =
  | 'RECORD_REMOVED'
  | 'NAME_CHANGED'
  | 'FIELD_REMOVED'
  | 'REQUIRED_FIELD_ADDED'
  | 'TYPE_CHANGED'
  | 'LOGICAL_TYPE_CHANGED'
  | 'UNION_BRANCH_REMOVED'
  | 'UNION_BRANCH_ADDED'
  | 'ENUM_SYMBOL_REMOVED'
  | 'ENUM_SYMBOL_ADDED'
  | 'SIZE_CHANGED'
  | 'INVALID_SCHEMA'
  | 'NAME_IS_NOT_FILE_NAME'
  | 'RESERVED_NAME'
  | 'UNDOCUMENTED'
  | 'ENUM_WITHOUT_DEFAULT'
  | 'RELEASED_FILE_CHANGED'
  | 'RELEASED_FILE_MISSING'
  | 'RELEASED_FILE_UNLISTED'
  | 'UNRELEASED_CHANGE'
  | 'NOT_REGISTERED'
  | 'WRONG_COMPATIBILITY_LEVEL'
  | 'REFUSED_BY_REGISTRY';

export interface SchemaFinding {
  /** An `error` fails the check, a `note` does not. */
  readonly severity: 'error' | 'note';
  /** Short name of the event's record. */
  readonly record: string;
  /** Path of the field, e.g. `policy.capacity`; empty where the whole record is meant. */
  readonly field: string;
  readonly rule: SchemaRule;
  readonly message: string;
}
