import type { ErrorCode } from '../errors.ts';

export type ApiName = 'http' | 'graphql';

/**
 * Counts requests and batches. Values that can be read from an object at any time are collected on scrape instead
 * (`MetricsExporter`). No method throws or waits.
 */
export interface Telemetry {
  /** Starts the series that alerts use at 0. */
  registerOperation(api: ApiName, operation: string): void;
  /**
   * Counts one response.
   * @param operation name in the API description, e.g. `requestEntry`; a label, so from a closed list
   * @param code undefined: success
   */
  recordResponse(api: ApiName, operation: string, code: ErrorCode | undefined): void;
  /** Counts one HTTP response. @param route the pattern, never the path, because it is a label */
  servedHttp(method: string, route: string, status: number, seconds: number): void;
  /** Counts one acknowledged batch. @param seconds from the send to the acknowledgement */
  appended(records: number, seconds: number): void;
  /** Counts one batch without an acknowledgement; it may have been written. */
  appendFailed(records: number): void;
  /** Counts one skipped record. @param code a label, so from a closed list */
  deadLetter(code: string): void;
}
export const Telemetry = Symbol('Telemetry');
