import type { Telemetry } from '../ports/telemetry.port.ts';
import type { LogClock } from './log-clock.ts';
import type { SendBatch } from './micro-batcher.ts';

/** Measures each batch, sets the clock by its timestamp, and rejects an acknowledgement without a timestamp: log time is the only clock of the queue. */
export function instrumentedSend(
  send: SendBatch,
  telemetry: Pick<Telemetry, 'appended' | 'appendFailed'>,
  clock: LogClock,
): SendBatch {
  return async (partition, records) => {
    const sentAt = performance.now();
    try {
      const ack = await send(partition, records);
      if (!(ack.timestamp > 0)) throw new Error('the log set no timestamp (message.timestamp.type of the topic)');
      const tookMs = performance.now() - sentAt;
      clock.acknowledge(ack.timestamp, tookMs);
      telemetry.appended(records.length, tookMs / 1_000);
      return ack;
    } catch (error) {
      telemetry.appendFailed(records.length);
      throw error;
    }
  };
}
