import type { FatalError } from '../../../application/errors.ts';

/** What whoever reads the log, or answers for it, is told. */
export interface LogListener {
  /** A partition has new records. */
  onWritten(partition: number): void;
  /** The log takes nothing now, for this reason, or (undefined) it takes records again. */
  onWritableChange(reason: string | undefined): void;
  /** The one failure that nothing mends. */
  onBroken(error: FatalError): void;
}

/** Before anyone listens. */
export const NO_LISTENER: LogListener = {
  onWritten: () => undefined,
  onWritableChange: () => undefined,
  onBroken: () => undefined,
};
