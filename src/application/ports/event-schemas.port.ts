/** The schemas of the events: stored in the project, checked, and registered. */
export interface EventSchemas {
  /** Compares the current schemas with every released version, offline. @throws Error when the files cannot be read */
  check(): readonly SchemaFinding[];
  /** Compares the current schemas with every version in the registry, by its own check and by ours. Rejects while it is unavailable, and if it has other ids than the log. */
  checkAgainstRegistry(): Promise<readonly SchemaFinding[]>;
  /**
   * Registers missing schemas at FULL_TRANSITIVE. For one process at a time; safe to repeat.
   * @returns record -> schema id
   * @throws FatalError when the registry refuses a schema or has other ids than the log; any other error is worth a retry
   */
  register(): Promise<ReadonlyMap<string, number>>;
}
export const EventSchemas = Symbol('EventSchemas');

/** The rule that a schema breaks; in a `note`, the rule that it concerns. */
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
  /** Path of the field, e.g. `policy.capacity`; empty for the whole record. */
  readonly field: string;
  readonly rule: SchemaRule;
  readonly message: string;
}
