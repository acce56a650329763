import type { Offset } from '../../domain/types.ts';
import type { TimeCorrection, TimeCorrections } from '../ports/dead-letters.port.ts';
import type { LogRecord } from '../ports/log-subscription.port.ts';

/** The log time of a record: of its correction, or its timestamp. Every reader of the log takes the time from here. */
export function logTimeOf(
  { offset, timestamp }: Pick<LogRecord, 'offset' | 'timestamp'>,
  corrections: TimeCorrections,
) {
  const correction = corrections.size === 0 ? undefined : corrections.get(offset);
  return correction?.timestamp === timestamp ? correction.time : timestamp;
}

/** Of several decisions about one record, the first one counts: every owner and every replay reads them in the same order. */
export function addCorrection(corrections: Map<Offset, TimeCorrection>, correction: TimeCorrection): void {
  if (corrections.get(correction.offset)?.timestamp === correction.timestamp) return;
  corrections.set(correction.offset, correction);
}

const TOPIC = 'time-origin-topic';
const PARTITION = 'time-origin-partition';
const OFFSET = 'time-origin-offset';
const TIMESTAMP = 'time-origin-timestamp';
const TIME = 'time-log-time';

/** The headers of the record that stores a correction. It has neither key nor value. */
export function correctionHeaders(
  topic: string,
  partition: number,
  { offset, timestamp, time }: TimeCorrection,
): Record<string, string> {
  return {
    [TOPIC]: topic,
    [PARTITION]: `${partition}`,
    [OFFSET]: `${offset}`,
    [TIMESTAMP]: `${timestamp}`,
    [TIME]: `${time}`,
    'time-decided-at': new Date().toISOString(),
  };
}

/** The correction that a record beside the dead letters stores; undefined if it stores none of this topic. */
export function correctionOf(topic: string, record: LogRecord): TimeCorrection | undefined {
  const header = (name: string) => record.headers[name]?.toString() ?? '';
  if (header(TOPIC) !== topic || header(PARTITION) !== `${record.partition}`) return undefined;
  const numbers = [header(OFFSET), header(TIMESTAMP), header(TIME)];
  if (!numbers.every((text) => /^\d{1,15}$/.test(text))) return undefined;
  const [offset = 0, timestamp = 0, time = 0] = numbers.map(Number);
  return { offset, timestamp, time };
}
