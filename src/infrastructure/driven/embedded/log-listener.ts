import type { FatalError } from '../../../application/errors.ts';

/** Events of the log writer. */
export interface LogListener {
  /** A partition has new records. */
  onWritten(partition: number): void;
  /** The log rejects records for this reason; undefined: it accepts records again. */
  onWritableChange(rejection: string | undefined): void;
  /** The log failed permanently. */
  onBroken(error: FatalError): void;
}

export const NO_LISTENER: LogListener = {
  onWritten: () => undefined,
  onWritableChange: () => undefined,
  onBroken: () => undefined,
};
