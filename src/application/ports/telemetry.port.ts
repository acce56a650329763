import type { ErrorCode } from '../errors.ts';

/** The ways in. */
export type ApiName = 'http' | 'graphql';

/**
 * Counts what happens, for those who watch. Called where something happens at most once a request or a batch; what can be asked
 * of an object at any time is not counted here but read when somebody looks (`MetricsPage`). Nothing here fails or waits.
 */
export interface Telemetry {
  /** An operation can be asked for from now on: what may be alarmed of it is told as 0 before it happens first. */
  registerOperation(door: ApiName, operation: string): void;
  /**
   * A door has answered.
   * @param operation as the API description names it, e.g. `requestEntry`; of a closed list: it becomes a label
   * @param code why it did not do what was asked; undefined: it did
   */
  recordResponse(door: ApiName, operation: string, code: ErrorCode | undefined): void;
  /** An HTTP answer went out. @param route the pattern, never the path: it becomes a label */
  servedHttp(method: string, route: string, status: number, seconds: number): void;
  /** The log has confirmed a batch. @param seconds from the send to the answer */
  appended(records: number, seconds: number): void;
  /** A batch was not confirmed: its fate is unknown. */
  appendFailed(records: number): void;
  /** A record was passed over. @param code of a closed list: it becomes a label */
  deadLetter(code: string): void;
}
export const Telemetry = Symbol('Telemetry');
