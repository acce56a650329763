import type { Telemetry } from '../ports/telemetry.port.ts';

/** Discards everything: for commands and tests. */
export const NOOP_TELEMETRY: Telemetry = {
  registerOperation: () => {},
  recordResponse: () => {},
  servedHttp: () => {},
  appended: () => {},
  appendFailed: () => {},
  deadLetter: () => {},
};
