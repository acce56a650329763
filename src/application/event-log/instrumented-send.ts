import type { Telemetry } from '../ports/telemetry.port.ts';
import type { SendBatch } from './micro-batcher.ts';

/** Tells of every batch how large it was and how long the log took, or that it was not confirmed. */
export function instrumentedSend(send: SendBatch, telemetry: Pick<Telemetry, 'appended' | 'appendFailed'>): SendBatch {
  return async (partition, records) => {
    const sentAt = performance.now();
    try {
      const ack = await send(partition, records);
      telemetry.appended(records.length, (performance.now() - sentAt) / 1_000);
      return ack;
    } catch (error) {
      telemetry.appendFailed(records.length);
      throw error;
    }
  };
}
